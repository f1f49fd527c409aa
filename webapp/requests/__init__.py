"""The feature `requests`."""

from webapp.requests.routes import blueprint as blueprint
