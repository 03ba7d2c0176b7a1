"""Approval: routes, cases with their stages and seats, signed decisions, comments, and the review page."""
