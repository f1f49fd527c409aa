"""Accounts, roles, sessions and the audit trail, for administrators."""

from webapp.features.admin.routes import blueprint as blueprint
