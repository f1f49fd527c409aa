"""Introductions: ways to a person, asking to be passed on, relays and answers."""
