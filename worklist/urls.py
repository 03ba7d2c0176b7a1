"""Addresses of the worklist."""

from django.urls import path

from worklist.views import deliveries, mine, notices, plans, preferences, webhooks

app_name = "worklist"
urlpatterns = [
    path("work/", mine.mine, name="mine"),
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
