"""Addresses of the worklist."""

from django.urls import path

from worklist.views import mine, notices

app_name = "worklist"
urlpatterns = [
    path("work/", mine.mine, name="mine"),
    path("notices/", notices.notices, name="notices"),
    path("notices/seen/", notices.seen, name="seen"),
    path("mailbox/", notices.mailbox, name="mailbox"),
    path("mailbox/<int:notice>/", notices.mail, name="mail"),
]
