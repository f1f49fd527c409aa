"""The feature `people`."""

from webapp.people.routes import blueprint as blueprint
