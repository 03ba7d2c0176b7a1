"""Addresses of continuity."""

from django.urls import path

from processportal.continuity.views import handing, leaving, overview

app_name = "continuity"
urlpatterns = [
    path("continuity/", overview.index, name="index"),
    path("continuity/check/", overview.run, name="run"),
    path("continuity/bus-factor/", leaving.bus_factors, name="bus_factor"),
    path("continuity/people/<int:person>/", leaving.person, name="person"),
    path("continuity/positions/<int:position>/", leaving.position, name="position"),
    path("continuity/departments/<int:department>/", leaving.department, name="department"),
    path("handovers/", handing.handovers, name="handovers"),
    path("handovers/new/<int:person>/", handing.new, name="new_handover"),
    path("handovers/<int:handover>/", handing.handover, name="handover"),
    path("handovers/<int:handover>/close/", handing.close, name="close_handover"),
    path("handovers/<int:handover>/lines/<int:line>/note/", handing.note, name="handover_note"),
    path("handovers/<int:handover>/take-over/", handing.take_over, name="take_over"),
]
