"""What of recovery waits: calls for staff, letters for alumni."""

from flask import url_for
from flask_babel import gettext, ngettext

from graphnet.privacy import Viewer
from graphnet.recovery import answers, outreach
from webapp.features.invitations.routes import link_keys
from webapp.frame.context import graphnet
from webapp.frame.waiting import Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return the calls that are due, for staff; letters to the reader themselves, for alumni."""
    store = graphnet().store
    if viewer.is_staff:
        return [
            Waiting(
                url_for("recovery.calls", plan_id=row["plan_id"]),
                ngettext("%(num)s call to make", "%(num)s calls to make", row["n"]),
                gettext("agreed for today or earlier"),
                late=True,
                owner=row["owner"][0] if row["owner"] else "",
                owner_name=row["owner"][1] if row["owner"] else "",
                due=row["since"],
                of=gettext("Call-backs"),
            )
            for row in outreach.due(store, viewer)
        ]
    asks = answers.waiting_for(store, viewer)
    words = outreach.tokens(store, link_keys(), asks) if asks else {}
    return [
        Waiting(
            url_for("recovery.answer_link", token=words[ask_id]),
            gettext("Whom of your group are you in touch with?"),
            gettext("The Association asks once a month at most; one click ends it."),
        )
        for ask_id in asks
        if ask_id in words
    ]
