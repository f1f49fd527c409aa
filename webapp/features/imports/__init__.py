"""The feature `imports`."""

from webapp.features.imports.routes import blueprint as blueprint
