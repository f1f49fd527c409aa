"""The feature `classmates`."""

from webapp.classmates.routes import blueprint as blueprint
