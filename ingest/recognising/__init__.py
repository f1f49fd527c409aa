"""Which column holds what: by the exact word, by words within the heading, by what is in it."""

from ingest.recognising.columns import Column, Recognised, recognise

__all__ = ["Column", "Recognised", "recognise"]
