"""The feature `events`."""

from webapp.events.routes import blueprint as blueprint
