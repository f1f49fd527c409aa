"""The feature `ambassadors`."""

from webapp.ambassadors.routes import blueprint as blueprint
