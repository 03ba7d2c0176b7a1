"""Certificates of completed training: set on paper, and looked up by the code that is printed on them."""
