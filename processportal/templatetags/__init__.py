"""Template words of the screens over several apps."""
