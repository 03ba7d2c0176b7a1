"""Addresses of the history of a process."""

from django.urls import path

from processportal.evidence import views

app_name = "evidence"
urlpatterns = [
    path("processes/<str:number>/history/", views.history, name="history"),
    path("processes/<str:number>/history/table.csv", views.history_table, name="history_table"),
]
