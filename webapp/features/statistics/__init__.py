"""The feature `statistics`."""

from webapp.features.statistics.routes import blueprint as blueprint
