"""The feature `classmates`."""

from webapp.features.classmates.routes import blueprint as blueprint
