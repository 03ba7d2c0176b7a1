"""Addresses of submission and review."""

from django.urls import path

from approvals import views

app_name = "approvals"
urlpatterns = [
    path("processes/<str:number>/submit/", views.submit, name="submit"),
    path("processes/<str:number>/draft/discussion/", views.discussion, name="discussion"),
    path("processes/<str:number>/draft/discussion/ask/", views.ask_opinion, name="ask_opinion"),
    path("processes/<str:number>/draft/discussion/<int:comment>/settle/", views.settle_remark, name="settle_remark"),
    path("reviews/<int:case>/", views.case, name="case"),
    path("reviews/<int:case>/seats/<int:seat>/decide/", views.decide, name="decide"),
    path("reviews/<int:case>/seats/<int:seat>/name/", views.name_approver, name="name_approver"),
    path("reviews/<int:case>/recall/", views.recall, name="recall"),
    path("reviews/<int:case>/comments/", views.comment, name="comment"),
    path("reviews/<int:case>/comments/<int:comment>/resolve/", views.resolve_comment, name="resolve_comment"),
]
