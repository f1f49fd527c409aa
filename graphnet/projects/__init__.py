"""Projects: what alumni work on and give to, with open books."""
