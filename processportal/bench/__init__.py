"""`make bench`: how much each screen and job costs, as a ratio to a floor measured in the same run."""
