"""Accounts, roles, sessions and the audit trail, for administrators."""

from webapp.admin.routes import blueprint as blueprint
