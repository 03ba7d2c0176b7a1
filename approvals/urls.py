"""Addresses of submission and review."""

from django.urls import path

from approvals.views import acts, discussion, disposing, rerouting, reviewing, routes, submitting, talking, waiving

app_name = "approvals"
urlpatterns = [
    path("processes/<str:number>/submit/", submitting.submit, name="submit"),
    path("processes/<str:number>/draft/discussion/", discussion.discussion, name="discussion"),
    path("processes/<str:number>/draft/discussion/ask/", discussion.ask_opinion, name="ask_opinion"),
    path("processes/<str:number>/draft/discussion/corrections/", disposing.answer_corrections, name="answer_corrections"),
    path("processes/<str:number>/discussion/people/", talking.people, name="people"),
    path("reviews/<int:case>/", reviewing.case, name="case"),
    path("reviews/<int:case>/seats/<int:seat>/decide/", reviewing.decide, name="decide"),
    path("reviews/<int:case>/seats/<int:seat>/name/", reviewing.name_approver, name="name_approver"),
    path("reviews/<int:case>/reroute/", rerouting.reroute_case, name="reroute"),
    path("reviews/<int:case>/acts/<slug:act>/", acts.act, name="act"),
    path("reviews/<int:case>/nudge/", acts.nudge, name="nudge"),
    path("reviews/<int:case>/seats/<int:seat>/take-back/", acts.take_back, name="take_back"),
    path("reviews/<int:case>/advice/<int:asked>/", acts.advise, name="advise"),
    path("reviews/<int:case>/advice/<int:asked>/drop/", acts.drop_advice, name="drop_advice"),
    path("reviews/<int:case>/recall/", reviewing.recall, name="recall"),
    path("reviews/<int:case>/comments/", talking.comment, name="comment"),
    path("reviews/<int:case>/comments/open/", disposing.open_comments, name="open_comments"),
    path("comments/<int:comment>/action/", talking.action, name="comment_action"),
    path("comments/<int:comment>/<str:act>/", talking.act_on_comment, name="comment_act"),
    path("processes/<str:number>/route/", routes.route_of, name="route_of"),
    path("processes/<str:number>/waivers/", waiving.waiver_list, name="waivers"),
    path("processes/<str:number>/waivers/<int:waiver>/revoke/", waiving.revoke, name="revoke_waiver"),
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
