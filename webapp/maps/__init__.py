"""The feature `maps`."""

from webapp.maps.routes import blueprint as blueprint
