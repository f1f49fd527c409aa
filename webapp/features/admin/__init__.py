"""Accounts, roles, sessions and the audit trail, for administrators."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.admin import queue
from webapp.features.admin.routes import blueprint
from webapp.features.admin.words import REASONS

# Its routes stand on the same blueprint.
__all__ = ["queue", "register"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.link("admin", "admin.index", lazy_gettext("Accounts"), order=10)
    core.link("admin", "admin.audit_trail", lazy_gettext("Audit trail"), order=20)
    core.link("admin", "admin.jobs_page", lazy_gettext("Jobs"), order=30)
