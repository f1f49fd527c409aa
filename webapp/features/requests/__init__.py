"""The feature `requests`."""

from webapp.features.requests.routes import blueprint as blueprint
