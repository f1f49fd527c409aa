"""What of claims waits: for groupmates a question, for staff a decision."""

from flask import url_for
from flask_babel import gettext, lazy_gettext

from graphnet.onboarding import claims, claims_desk
from graphnet.privacy import Viewer
from graphnet.store import Row
from webapp.frame.context import graphnet
from webapp.frame.waiting import Act, Waiting

SHOWN = 5
MOST_CLAIMS = 8
CLAIM = lazy_gettext("Claim")


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return claims that a groupmate is asked about, or for staff those that only they decide."""
    store = graphnet().store
    if viewer.is_staff:
        page = url_for("invitations.claims_index")
        rows = claims_desk.open_claims(store, viewer, limit=MOST_CLAIMS + 1)
        mine = [row for row in rows if row["state"] == "desk"]
        items = [_claim(row) for row in mine[:MOST_CLAIMS]]
        if len(mine) > MOST_CLAIMS:
            items.append(Waiting(page, gettext("All claims that need a decision"), of=CLAIM))
        return items
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


def _claim(row: Row) -> Waiting:
    return Waiting(
        url_for("invitations.one_claim", claim_id=row["id"]),
        gettext("Who is this: %(name)s?", name=row["name"]),
        gettext("Asks for their page in group %(code)s", code=row["code"]) if row["code"] else "",
        due=row["expires_at"].to_native(),
        of=CLAIM,
    )
