"""Addresses of submission and review."""

from django.urls import path

from approvals.views import discussion, packaging, rerouting, reviewing, routes, submitting, withdrawing

app_name = "approvals"
urlpatterns = [
    path("processes/<str:number>/submit/", submitting.submit, name="submit"),
    path("processes/<str:number>/draft/discussion/", discussion.discussion, name="discussion"),
    path("processes/<str:number>/draft/discussion/ask/", discussion.ask_opinion, name="ask_opinion"),
    path("processes/<str:number>/draft/discussion/<int:comment>/settle/", discussion.settle_remark, name="settle_remark"),
    path("processes/<str:number>/withdraw/", withdrawing.withdraw, name="withdraw"),
    path("processes/<str:number>/package/", packaging.new_package, name="new_package"),
    path("packages/<int:package>/", packaging.package, name="package"),
    path("packages/<int:package>/submit/", packaging.submit_package, name="submit_package"),
    path("packages/<int:package>/dissolve/", packaging.dissolve, name="dissolve_package"),
    path("packages/<int:package>/members/", packaging.add_member, name="add_member"),
    path("packages/<int:package>/members/<int:member>/remove/", packaging.remove_member, name="remove_member"),
    path("reviews/<int:case>/", reviewing.case, name="case"),
    path("reviews/<int:case>/seats/<int:seat>/decide/", reviewing.decide, name="decide"),
    path("reviews/<int:case>/seats/<int:seat>/name/", reviewing.name_approver, name="name_approver"),
    path("reviews/<int:case>/reroute/", rerouting.reroute_case, name="reroute"),
    path("reviews/<int:case>/recall/", reviewing.recall, name="recall"),
    path("reviews/<int:case>/comments/", reviewing.comment, name="comment"),
    path("reviews/<int:case>/comments/<int:comment>/resolve/", reviewing.resolve_comment, name="resolve_comment"),
    path("processes/<str:number>/route/", routes.route_of, name="route_of"),
    path("routes/", routes.routes, name="routes"),
    path("routes/new/", routes.new_route, name="new_route"),
    path("routes/which/", routes.which_route, name="which_route"),
    path("routes/built-in/", routes.default_route, name="default_route"),
    path("routes/<int:route>/", routes.route, name="route"),
    path("routes/<int:route>/documents/", routes.edit_route, name="edit_route"),
    path("routes/<int:route>/change/", routes.change_route, name="change_route"),
    path("routes/<int:route>/retire/", routes.retire_route, name="retire_route"),
    path("routes/<int:route>/stages/new/", routes.new_stage, name="new_stage"),
    path("routes/<int:route>/stages/<int:stage>/", routes.edit_stage, name="edit_stage"),
    path("routes/<int:route>/stages/<int:stage>/move/", routes.move_stage, name="move_stage"),
    path("routes/<int:route>/stages/<int:stage>/remove/", routes.remove_stage, name="remove_stage"),
    path("routes/<int:route>/<str:act>/", routes.act_on_route, name="act_on_route"),
]
