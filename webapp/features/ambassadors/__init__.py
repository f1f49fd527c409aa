"""The feature `ambassadors`."""

from webapp.features.ambassadors.routes import blueprint as blueprint
