"""The feature `staff`."""

from webapp.features.staff.routes import blueprint as blueprint
