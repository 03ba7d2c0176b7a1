"""Addresses of reading."""

from django.urls import path

from training import views

app_name = "training"
urlpatterns = [
    path("reading/", views.reading, name="reading"),
    path("reading/coverage/", views.coverage_page, name="coverage"),
    path("processes/<str:number>/audience/", views.audience, name="audience"),
    path("processes/<str:number>/audience/<int:rule>/end/", views.end_audience_rule, name="end_rule"),
    path("processes/<str:number>/revisions/<int:ordinal>/acknowledge/", views.acknowledge, name="acknowledge"),
]
