"""The feature `imports`."""

from webapp.imports.routes import blueprint as blueprint
