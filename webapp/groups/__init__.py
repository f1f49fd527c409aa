"""The feature `groups`."""

from webapp.groups.routes import blueprint as blueprint
