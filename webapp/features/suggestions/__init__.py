"""The feature `suggestions`: people I may know, each with its reasons."""

from webapp.features.suggestions.routes import blueprint as blueprint
