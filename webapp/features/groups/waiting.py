"""What of communities waits: who asks to join mine, an invitation; for staff what is proposed."""

from flask import url_for
from flask_babel import gettext

from graphnet.groups import membership, reading
from graphnet.privacy import Viewer
from webapp.features.groups.routes import PURPOSE
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language
from webapp.frame.waiting import Act, Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return what this alumnus is asked."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    store, found = graphnet().store, []
    for row, card in membership.waiting(store, viewer):
        name = in_language(row["name"], row["name_ru"])
        page = url_for("groups.group", group_id=row["group"])
        if row["kind"] == "invited":
            acts = tuple(
                Act(url_for("groups.act", group_id=row["group"], act=act), label, "said", act)
                for act, label in (
                    ("take", gettext("Become a member")),
                    ("decline", gettext("No, thank you")),
                )
            )
            title = gettext("You are invited to a community: %(name)s", name=name)
            found.append(Waiting(page, title, row["text"] or "", acts=acts))
        else:
            act = url_for("groups.change_members", group_id=row["group"])
            acts = (Act(act, gettext("Accept"), "act", f"accept:{row['id']}"),)
            title = gettext(
                "%(person)s would like to join %(name)s", person=card.name.full, name=name
            )
            people = url_for("groups.members", group_id=row["group"])
            found.append(Waiting(people, title, row["text"] or "", acts=acts, card=card))
    return found


def proposed(viewer: Viewer) -> list[Waiting]:
    """Return the communities that somebody would found, for staff."""
    if not viewer.is_staff:
        return []
    return [
        Waiting(
            url_for("groups.group", group_id=row["id"]),
            gettext("Proposed: %(title)s", title=in_language(row["name"], row["name_ru"])),
            of=gettext("Community"),
        )
        for row in reading.in_hand(
            graphnet().store, viewer.for_purpose(PURPOSE), "proposed", limit=20
        )
    ]


def alone(viewer: Viewer) -> list[Waiting]:
    """Return the communities that nobody organises and somebody asks to join, for staff."""
    if not viewer.is_staff:
        return []
    found = [
        Waiting(
            url_for("groups.members", group_id=row["id"]),
            gettext(
                "Nobody organises it, and somebody asks to join: %(title)s",
                title=in_language(row["name"], row["name_ru"]),
            ),
            of=gettext("Community"),
        )
        for row in reading.in_hand(
            graphnet().store, viewer.for_purpose(PURPOSE), "alone", limit=200
        )
        if row["asking"]
    ]
    return found[:20]
