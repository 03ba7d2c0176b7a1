"""Addresses of the worklist."""

from django.urls import path

from worklist.views import deliveries, mine, notices, plans, preferences, webhooks

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
    path("notices/preferences/", preferences.preferences, name="preferences"),
    path("reminders/", plans.plans, name="plans"),
    path("reminders/<str:kind>/", plans.plan, name="plan"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/settle/", deliveries.settle, name="settle_deliveries"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/new/", webhooks.new_webhook, name="new_webhook"),
    path("webhooks/<int:webhook>/", webhooks.webhook, name="webhook"),
    path("webhooks/<int:webhook>/pause/", webhooks.pause_webhook, name="pause_webhook"),
    path("webhooks/<int:webhook>/test/", webhooks.test_webhook, name="test_webhook"),
    path("webhooks/<int:webhook>/secret/", webhooks.renew_secret, name="renew_secret"),
]
