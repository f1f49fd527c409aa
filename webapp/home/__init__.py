"""The feature `home`."""

from webapp.home.routes import blueprint as blueprint
