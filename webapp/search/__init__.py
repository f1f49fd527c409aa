"""The feature `search`."""

from webapp.search.routes import blueprint as blueprint
