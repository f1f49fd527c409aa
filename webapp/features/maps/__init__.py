"""The feature `maps`."""

from webapp.features.maps.routes import blueprint as blueprint
