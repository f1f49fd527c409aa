"""What of projects waits: a question to join a team, offers, proposals for staff."""

from datetime import UTC, datetime, timedelta

from flask import url_for
from flask_babel import gettext, ngettext

from graphnet.privacy import Viewer
from graphnet.projects import bank, bookkeepers, needs, states, team
from webapp.features.projects.words import book_role_word
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language
from webapp.frame.waiting import Act, Waiting

LATELY = timedelta(days=7)


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return what this alumnus is asked, and what was answered to them lately."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    store, found = graphnet().store, []
    for row in team.waiting(store, viewer):
        title = in_language(row["name"], row["name_ru"])
        href = url_for("projects.answer_team", project_id=row["project"], invitation_id=row["id"])
        acts = tuple(
            Act(href, label, "answer", value)
            for value, label in (("yes", gettext("I join")), ("no", gettext("No, thank you")))
        )
        page = url_for("projects.project", project_id=row["project"])
        asked = gettext("You are asked into the team: %(title)s", title=title)
        found.append(Waiting(page, asked, row["words"], acts=acts))
    for row in needs.waiting(store, viewer):
        title = in_language(row["name"], row["name_ru"])
        page = url_for("projects.run", project_id=row["id"])
        said = ngettext(
            "%(num)s person offers help: %(title)s", "%(num)s people offer help: %(title)s",
            row["offers"], title=title,
        )  # fmt: skip
        found.append(Waiting(page, said))
    return found + _decided(viewer)


def proposed(viewer: Viewer) -> list[Waiting]:
    """Return the projects that wait for staff."""
    if not viewer.is_staff:
        return []
    return [
        Waiting(
            url_for("projects.project", project_id=row["id"]),
            gettext("Proposed: %(title)s", title=in_language(row["name"], row["name_ru"])),
            of=gettext("Project"),
        )
        for row in states.proposed(graphnet().store, viewer.for_purpose("projects"))
    ]


def of_bank(viewer: Viewer) -> list[Waiting]:
    """Return how many payments wait until a treasurer says what they are."""
    if not viewer.is_staff:
        return []
    treasurer = viewer.for_purpose(bank.PURPOSE)
    if not treasurer.keeps_books():
        return []
    number = bank.how_many_wait(graphnet().store, treasurer)
    if not number:
        return []
    said = ngettext(
        "%(num)s payment of the bank waits", "%(num)s payments of the bank wait", number
    )
    return [Waiting(url_for("projects.bank"), said, of=gettext("Money"))]


def of_books(viewer: Viewer) -> list[Waiting]:
    """Return for which books the reader was named lately, or is no longer."""
    if not (viewer.is_staff or viewer.is_alumnus) or viewer.person_key is None:
        return []
    found = []
    since = datetime.now(UTC) - LATELY
    for row in bookkeepers.lately(graphnet().store, viewer, since=since):
        title = in_language(row["name"], row["name_ru"])
        role = book_role_word(row["role"])
        if row["ended_at"] is None:
            page = url_for("projects.money", project_id=row["id"])
            said = gettext("You are named for the books of %(title)s", title=title)
        else:
            page = url_for("projects.project", project_id=row["id"])
            said = gettext("You are no longer named for the books of %(title)s", title=title)
        found.append(Waiting(page, said, role))
    return found


def _decided(viewer: Viewer) -> list[Waiting]:
    """Return what the Association or who leads a project said to the reader lately."""
    store, since = graphnet().store, datetime.now(UTC) - LATELY
    found = []
    for row in states.in_hand(store, viewer):
        if row["state"] == "declined":
            page = url_for("projects.project", project_id=row["id"])
            title = in_language(row["name"], row["name_ru"])
            said = gettext("Your proposal was sent back: %(title)s", title=title)
            found.append(Waiting(page, said, row["notice"]))
    for row in needs.answered(store, viewer, since=since):
        page = url_for("projects.project", project_id=row["project"])
        title = in_language(row["name"], row["name_ru"])
        said = (
            gettext("Your help is accepted: %(title)s", title=title)
            if row["state"] == "accepted"
            else gettext("Your offer was answered: %(title)s", title=title)
        )
        found.append(Waiting(page, said, row["answer"]))
    return found
