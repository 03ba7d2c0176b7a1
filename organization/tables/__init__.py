"""Departments, people, positions, appointments and absences from tables: read, checked as a whole, listed, applied all or nothing."""
