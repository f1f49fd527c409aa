"""The feature `search`."""

from webapp.features.search.routes import blueprint as blueprint
