"""Addresses of audit packs: each is found by whoever asked for it alone."""

from django.urls import path

from processportal.audit_pack import views

app_name = "audit_pack"
urlpatterns = [
    path("audit-packs/", views.packs, name="packs"),
    path("audit-packs/<int:pack>/", views.pack_page, name="pack"),
    path("audit-packs/<int:pack>/state/", views.pack_state, name="state"),
    path("audit-packs/<int:pack>/file/", views.pack_file, name="file"),
]
