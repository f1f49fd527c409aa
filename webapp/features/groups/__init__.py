"""The feature `groups`."""

from webapp.features.groups.routes import blueprint as blueprint
