"""The engine: knows people, ties and graphs; knows nothing of files, HTTP or HTML."""

__version__ = "0.1.0"
