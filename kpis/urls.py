"""Addresses of indicators."""

from django.urls import path

from kpis import views

app_name = "kpis"
urlpatterns = [
    path("indicators/", views.indicators, name="list"),
    path("indicators/<int:indicator>/", views.indicator_page, name="indicator"),
    path("indicators/<int:indicator>/record/", views.record, name="record"),
    path("indicators/<int:indicator>/correct/<int:measurement>/", views.correct, name="correct"),
    path("indicators/<int:indicator>/dealt-with/<int:item>/", views.dealt_with, name="dealt_with"),
    path("processes/<str:number>/indicators/new/", views.new, name="new"),
    path("processes/<str:number>/assess/", views.assess, name="assess"),
]
