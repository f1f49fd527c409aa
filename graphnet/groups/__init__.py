"""Communities: clubs, regional clubs, interest groups; joining and leaving them."""
