"""Addresses of the worklist."""

from django.urls import path

from worklist.views import mine, notices

app_name = "worklist"
urlpatterns = [
    path("work/", mine.my_work, name="mine"),
    path("work/<int:item>/put-off/", mine.put_off, name="put_off"),
    path("work/<int:item>/wake/", mine.wake, name="wake"),
    path("work/<int:item>/take/", mine.take, name="take"),
    path("work/<int:item>/give-back/", mine.give_back, name="give_back"),
    path("notices/", notices.notices, name="notices"),
    path("notices/seen/", notices.seen, name="seen"),
    path("mailbox/", notices.mailbox, name="mailbox"),
    path("mailbox/<int:notice>/", notices.mail, name="mail"),
]
