"""What of accounts waits: staff and administrators are urged to have a second factor."""

from flask import url_for
from flask_babel import gettext

from graphnet.accounts import second_factor
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet
from webapp.frame.waiting import Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return the wish for a second factor, for whoever sees many people's data and has none."""
    if not viewer.is_staff or second_factor.is_asked_for(graphnet().store, viewer.account_id):
        return []
    return [
        Waiting(
            url_for("auth.factor"),
            gettext("Protect your account by a second factor"),
            gettext("Your account opens many people’s data: a guessed password should not."),
            owner=viewer.account_id,
        )
    ]
