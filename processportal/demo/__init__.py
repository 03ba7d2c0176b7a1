"""The demo company: its data, how it is played through the portal's own stories, and one-click sign-in."""
