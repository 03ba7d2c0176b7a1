"""Addresses of the worklist."""

from django.urls import path

from worklist import views

app_name = "worklist"
urlpatterns = [
    path("work/", views.mine, name="mine"),
    path("notices/", views.notices, name="notices"),
    path("notices/seen/", views.seen, name="seen"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:notice>/", views.mail, name="mail"),
]
