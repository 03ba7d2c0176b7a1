"""Addresses of reading."""

from django.urls import path

from training.views import audiences, reading

app_name = "training"
urlpatterns = [
    path("reading/", reading.reading, name="reading"),
    path("reading/coverage/", reading.coverage_page, name="coverage"),
    path("processes/<str:number>/audience/", audiences.audience, name="audience"),
    path("processes/<str:number>/audience/begin/", audiences.begin_audience, name="begin_audience"),
    path("processes/<str:number>/audience/targets/<slug:kind>/", audiences.targets, name="targets"),
    path("processes/<str:number>/audience/<int:rule>/end/", audiences.end_audience_rule, name="end_rule"),
    path("processes/<str:number>/revisions/<int:ordinal>/acknowledge/", reading.acknowledge, name="acknowledge"),
]
