"""Courses: sessions, invitations, attendance, records and what a process demands."""
