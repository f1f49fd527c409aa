"""The feature `projects`."""

from webapp.projects.routes import blueprint as blueprint
