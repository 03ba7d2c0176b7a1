"""The procedure page: the most read screen of the portal."""
