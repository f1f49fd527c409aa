"""The feature `statistics`."""

from webapp.statistics.routes import blueprint as blueprint
