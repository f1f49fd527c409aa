"""Events: what is coming, one event, saying yes or no to it."""
