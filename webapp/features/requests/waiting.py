"""What of requests waits for the reader: for staff what is open, for who asked a question back."""

from flask import url_for
from flask_babel import format_date, gettext

from graphnet.privacy import Viewer
from graphnet.requests import desk, referrals
from graphnet.store import Row
from webapp.features.requests.routes import request_page
from webapp.frame.context import graphnet, live
from webapp.frame.phrases import request_kind
from webapp.frame.waiting import Act, Waiting

SHOWN = 15  # on the page of today; the desk has them all


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return one's own requests that wait for one's words; for staff, those that are open."""
    store = graphnet().store
    if viewer.is_staff:
        rows = desk.open_requests(store, viewer, limit=SHOWN, rules=live().rules)
        return [_open(row) for row in rows if row["status"] != "waiting"]
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    return _asked(viewer) + [
        Waiting(
            url_for("requests.thread", request_id=row["id"]),
            gettext("The Association asks you something about your request"),
            row["subject"],
        )
        for row in desk.awaited(store, viewer)
    ]


def _open(row: Row) -> Waiting:
    page = request_page(row)
    kind = str(request_kind(row["kind"]))
    acts: tuple[Act, ...] = ()
    if row["owner"] is None:
        action = url_for("requests.work_on", request_id=row["id"])
        acts = (Act(action, gettext("I take it"), "act", "claim"),)
    return Waiting(
        page,
        row["subject"] or kind,
        ", ".join([*([kind] if row["subject"] else []), *row["ways"][:1]]),
        late=row["late"],
        acts=acts,
        owner=row["owner"][0] if row["owner"] else "",
        owner_name=row["owner"][1] if row["owner"] else "",
        due=row["due_at"],
        of=gettext("Request"),
        card=row["author"],
    )


def _asked(viewer: Viewer) -> list[Waiting]:
    """Return what the Association asks this reader for somebody else."""
    return [
        Waiting(
            url_for("requests.asked", referral_id=row["id"]),
            gettext("%(name)s asks, and you may know", name=row["author"].name.full)
            if row["author"]
            else gettext("Somebody asks, and you may know"),
            gettext(
                "%(subject)s, by %(day)s",
                subject=row["subject"],
                day=format_date(row["until"], "d MMMM y"),
            ),
            acts=(
                Act(
                    url_for("requests.say_asked", referral_id=row["id"]),
                    gettext("Yes, I can help"),
                    "act",
                    "yes",
                ),
                Act(
                    url_for("requests.say_asked", referral_id=row["id"]),
                    gettext("Not me"),
                    "act",
                    "no",
                ),
            ),
        )
        for row in referrals.mine(graphnet().store, viewer, rules=live().rules)
    ]
