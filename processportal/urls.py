"""Addresses. Each app has its own; screens that show several apps are here."""

from django.contrib import admin
from django.urls import include, path

from processportal.preferences import preferences
from processportal.styleguide import styleguide

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("preferences/", preferences, name="preferences"),
    path("styleguide/", styleguide, name="styleguide"),
]
