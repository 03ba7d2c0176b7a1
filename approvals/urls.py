"""Addresses of submission and review."""

from django.urls import path

from approvals import rerouting_page, route_pages, views

app_name = "approvals"
urlpatterns = [
    path("processes/<str:number>/submit/", views.submit, name="submit"),
    path("processes/<str:number>/draft/discussion/", views.discussion, name="discussion"),
    path("processes/<str:number>/draft/discussion/ask/", views.ask_opinion, name="ask_opinion"),
    path("processes/<str:number>/draft/discussion/<int:comment>/settle/", views.settle_remark, name="settle_remark"),
    path("reviews/<int:case>/", views.case, name="case"),
    path("reviews/<int:case>/seats/<int:seat>/decide/", views.decide, name="decide"),
    path("reviews/<int:case>/seats/<int:seat>/name/", views.name_approver, name="name_approver"),
    path("reviews/<int:case>/reroute/", rerouting_page.reroute_case, name="reroute"),
    path("reviews/<int:case>/recall/", views.recall, name="recall"),
    path("reviews/<int:case>/comments/", views.comment, name="comment"),
    path("reviews/<int:case>/comments/<int:comment>/resolve/", views.resolve_comment, name="resolve_comment"),
    path("processes/<str:number>/route/", route_pages.route_of, name="route_of"),
    path("routes/", route_pages.routes, name="routes"),
    path("routes/new/", route_pages.new_route, name="new_route"),
    path("routes/which/", route_pages.which_route, name="which_route"),
    path("routes/built-in/", route_pages.default_route, name="default_route"),
    path("routes/<int:route>/", route_pages.route, name="route"),
    path("routes/<int:route>/documents/", route_pages.edit_route, name="edit_route"),
    path("routes/<int:route>/change/", route_pages.change_route, name="change_route"),
    path("routes/<int:route>/retire/", route_pages.retire_route, name="retire_route"),
    path("routes/<int:route>/stages/new/", route_pages.new_stage, name="new_stage"),
    path("routes/<int:route>/stages/<int:stage>/", route_pages.edit_stage, name="edit_stage"),
    path("routes/<int:route>/stages/<int:stage>/move/", route_pages.move_stage, name="move_stage"),
    path("routes/<int:route>/stages/<int:stage>/remove/", route_pages.remove_stage, name="remove_stage"),
    path("routes/<int:route>/<str:act>/", route_pages.act_on_route, name="act_on_route"),
]
