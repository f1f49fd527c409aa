"""The feature `events`."""

from webapp.features.events.routes import blueprint as blueprint
