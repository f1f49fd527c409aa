"""The feature `staff`."""

from webapp.staff.routes import blueprint as blueprint
