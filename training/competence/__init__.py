"""Competence assessments, the team, the skills matrix and the forecast: how people climb the ladder."""
