"""What of the loyalty programme waits: what staff did with one's membership, and its end."""

from flask import url_for
from flask_babel import gettext

from graphnet.loyalty import memberships
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet
from webapp.frame.waiting import Act, Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return what staff did until its owner has read it, and an end that nears."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    seen = Act(url_for("loyalty.seen"), gettext("I have read it"), "seen", "1")
    graph = graphnet()
    unseen, ends = memberships.waiting(graph.store, viewer, home=graph.settings.home)
    found = []
    if ends is not None:
        renew = Act(url_for("loyalty.join"), gettext("Renew"), "renew", "1")
        title = gettext("Your membership ends on %(day)s", day=f"{ends:%d.%m.%Y}")
        found.append(Waiting(url_for("loyalty.mine"), title, acts=(renew,)))
    for term in unseen:
        over = term.ended_on is not None
        found.append(
            Waiting(
                url_for("loyalty.mine"),
                gettext("The Association has ended your membership")
                if over
                else gettext("The Association has granted you a membership"),
                term.ended_note if over else term.note,
                acts=(seen,),
            )
        )
    return found
