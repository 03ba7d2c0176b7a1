"""Addresses of certificates; one of them is for everybody who holds one."""

from django.urls import path

from processportal.certificates import views

app_name = "certificates"
urlpatterns = [
    path("certificates/<slug:code>/", views.check, name="check"),
    path("training/records/<int:record>/certificate/", views.certificate, name="certificate"),
    path("assessments/<int:assessment>/certificate/", views.level_certificate, name="level"),
]
