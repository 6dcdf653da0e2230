"""What is true of one engagement: its events, the folds over them, and the commands."""
