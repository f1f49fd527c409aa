"""The feature `people`."""

from webapp.features.people.routes import blueprint as blueprint
