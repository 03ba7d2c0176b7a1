"""Addresses of copies on paper; one of them is for everybody who holds one."""

from django.urls import path

from processportal.copies import public, views

app_name = "copies"
urlpatterns = [
    path("c/<slug:token>/", public.check, name="check"),
    path("copies/", views.register, name="register"),
    path("processes/<str:number>/copies/", views.of_process, name="of_process"),
    path("processes/<str:number>/copies/<int:copy>/", views.copy_page, name="copy"),
    path("processes/<str:number>/copies/<int:copy>/file/", views.file, name="file"),
    path("processes/<str:number>/copies/<int:copy>/exchange/", views.exchange, name="exchange"),
    path("processes/<str:number>/copies/<int:copy>/destroy/", views.destroy, name="destroy"),
    path("processes/<str:number>/revisions/<int:ordinal>/print/", views.print_revision, name="print"),
    path("processes/<str:number>/revisions/<int:ordinal>/copy/", views.issue, name="issue"),
]
