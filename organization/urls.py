"""Addresses of the organization."""

from django.urls import path

from organization.views import absences, appointments, calendar, feeds, looking, people, structure, tables

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
    path("organization/import/", tables.table, name="tables"),
    path("organization/import/<str:kind>/", tables.table, name="table"),
    path("organization/import/<str:kind>/apply/", tables.apply_table, name="apply_table"),
    path("organization/import/<str:kind>/template.csv", tables.table_template, name="table_template"),
    path("organization/calendars/", feeds.feed_list, name="feeds"),
    path("organization/calendars/new/", feeds.new_feed, name="new_feed"),
    path("organization/calendars/file/", feeds.feed_file, name="feed_file"),
    path("organization/calendars/<int:feed>/read/", feeds.read_feed, name="read_feed"),
    path("organization/calendars/<int:feed>/remove/", feeds.remove_feed, name="remove_feed"),
]
