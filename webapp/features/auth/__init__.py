"""Signing in and out, one's own account, one-time links."""

from webapp.features.auth.routes import blueprint as blueprint
