"""What of claims waits: for groupmates a question, for staff a decision."""

from flask import url_for
from flask_babel import gettext, ngettext

from graphnet.onboarding import claims, claims_desk
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet
from webapp.frame.waiting import Act, Waiting

SHOWN = 5


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return claims that a groupmate is asked about, or for staff those that only they decide."""
    store = graphnet().store
    if viewer.is_staff:
        n = claims_desk.counts(store)["desk"]
        title = ngettext(
            "%(num)s claim needs your decision", "%(num)s claims need your decision", n
        )
        return [Waiting(url_for("invitations.claims_index"), title)] if n else []
    found = claims.questions(store, viewer)
    page = url_for("invitations.questions")
    items = [
        Waiting(
            f"{page}#{one.id}",
            gettext("Is this really %(name)s?", name=one.name),
            gettext("Asks for their page in group %(code)s", code=one.group),
            acts=tuple(
                Act(url_for("invitations.say", claim_id=one.id), label, "answer", value)
                for value, label in (
                    ("yes", gettext("Yes, it is")),
                    ("no", gettext("No")),
                    ("unknown", gettext("I don’t know")),
                )
            ),
        )
        for one in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        items.append(Waiting(page, gettext("All who ask for their page")))
    return items
