"""Addresses of the organization."""

from django.urls import path

from organization.views import absences, appointments, calendar, looking, people, structure

app_name = "organization"
urlpatterns = [
    path("organization/", looking.index, name="index"),
    path("organization/departments/new/", structure.new_department, name="new_department"),
    path("organization/departments/<int:department>/", looking.department, name="department"),
    path("organization/departments/<int:department>/edit/", structure.edit_department, name="edit_department"),
    path("organization/departments/<int:department>/positions/new/", structure.new_position, name="new_position"),
    path("organization/positions/<int:position>/", looking.position, name="position"),
    path("organization/positions/<int:position>/edit/", structure.edit_position, name="edit_position"),
    path("organization/positions/<int:position>/close/", structure.close_position, name="close_position"),
    path("organization/positions/<int:position>/appoint/", appointments.appoint, name="appoint"),
    path("organization/appointments/<int:appointment>/change/", appointments.change_appointment, name="change_appointment"),
    path("organization/appointments/<int:appointment>/end/", appointments.end_appointment, name="end_appointment"),
    path("organization/appointments/<int:appointment>/take-back/", appointments.cancel_appointment, name="cancel_appointment"),
    path("organization/people/", looking.people, name="people"),
    path("organization/people/new/", people.new_person, name="new_person"),
    path("organization/people/options/", looking.people_options, name="people_options"),
    path("organization/people/<int:person>/", looking.person, name="person"),
    path("organization/people/<int:person>/edit/", people.edit_person, name="edit_person"),
    path("organization/people/<int:person>/password/", people.renew_password, name="renew_password"),
    path("organization/people/<int:person>/deactivate/", people.deactivate, name="deactivate"),
    path("organization/people/<int:person>/level/", people.assign_level, name="assign_level"),
    path("organization/people/<int:person>/absence/", absences.new_absence, name="new_absence"),
    path("organization/people/<int:person>/absence/preview/", absences.preview, name="absence_preview"),
    path("organization/absences/<int:absence>/change/", absences.change_absence, name="change_absence"),
    path("organization/absences/<int:absence>/cancel/", absences.cancel_absence, name="cancel_absence"),
    path("organization/calendar/", calendar.calendar, name="calendar"),
    path("organization/calendar/set/", calendar.set_calendar, name="set_calendar"),
    path("organization/calendar/exceptions/", calendar.add_exception, name="add_exception"),
    path("organization/calendar/exceptions/<int:exception>/remove/", calendar.remove_exception, name="remove_exception"),
    path("organization/levels/", looking.levels, name="levels"),
    path("organization/levels/gates/<str:action>/", people.set_gate, name="set_gate"),
]
