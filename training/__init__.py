"""Audiences, readings and acknowledgements."""
