"""The feature `home`."""

from webapp.features.home.routes import blueprint as blueprint
