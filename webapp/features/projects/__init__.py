"""The feature `projects`."""

from webapp.features.projects.routes import blueprint as blueprint
