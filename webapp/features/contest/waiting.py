"""What of the contest waits for the reader's answer, on /home and /staff."""

from flask import url_for
from flask_babel import gettext

from graphnet.contest import jurors, jury, nominations, seasons, voting
from graphnet.privacy import Viewer
from webapp.features.contest.blueprint import now
from webapp.features.contest.tasks import Task, tasks
from webapp.features.contest.words import category_word
from webapp.frame.context import graphnet, shared
from webapp.frame.i18n import in_language
from webapp.frame.waiting import Act, Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return invitations, sheets and ballots of a member; what is due of staff's work."""
    if not (viewer.is_alumnus or viewer.is_staff):
        return []
    store, at = graphnet().store, now()
    # Many are shown the same ones; drafts are for staff.
    every = shared(
        f"contest.seasons.{'staff' if viewer.is_staff else 'all'}",
        lambda: seasons.seasons(store, viewer),
    )
    running = [one for one in every if one.published_at is None]
    if not running:
        return []
    if viewer.is_staff:
        return [item for one in running for item in _of_staff(one, viewer)]
    found = []
    phases = {one.phase(at) for one in running}
    juries = jurors.juries(store, viewer) if phases.intersection(jurors.TIME) else {}
    made = nominations.mine(store, viewer) if "entry" in phases else []
    invited = [row for row in made if row["state"] == "invited"]
    for one in running:
        title, phase = in_language(one.terms.title, one.terms.title_ru), one.phase(at)
        if phase == "entry":
            found += [
                Waiting(
                    url_for("contest.nomination", nomination_id=row["id"]),
                    gettext("You are nominated: do you accept?"),
                    f"{title}: {category_word(one.terms, row['category'])}",
                )
                for row in invited
                if row["season"] == one.season
            ]
        sits = juries.get(one.season)
        if sits is False and phase in jurors.TIME:
            found.append(
                Waiting(
                    url_for("contest.season", season=one.season, _anchor="asked"),
                    gettext("You are asked to be in the jury"),
                    title,
                    acts=(
                        _reply(one.season, gettext("I agree"), "yes"),
                        _reply(one.season, gettext("I cannot"), "no"),
                    ),
                )
            )
        if phase == "jury" and sits:
            left = sum(not sheet.complete for sheet in jury.sheets(store, viewer, one))
            if left:
                found.append(
                    Waiting(
                        url_for("contest.sheets", season=one.season),
                        gettext("Candidates wait for your scores: %(n)s", n=left),
                        title,
                    )
                )
        if phase == "vote" and voting.right(store, viewer, one).can_take:
            found.append(
                Waiting(
                    url_for("contest.vote", season=one.season),
                    gettext("Your ballot is ready"),
                    title,
                )
            )
    return found


def _reply(season: str, label: str, value: str) -> Act:
    return Act(url_for("contest.answer_jury", season=season), label, "agrees", value)


def _of_staff(one: seasons.Season, viewer: Viewer) -> list[Waiting]:
    store = graphnet().store
    title = in_language(one.terms.title, one.terms.title_ru)
    return [
        Waiting(
            url_for("contest.staff_season", season=one.season, _anchor=task.anchor),
            task.words,
            title,
            late=task.late,
            acts=_acts(one, task),
            of=gettext("Contest"),
        )
        for task in tasks(store, viewer, one, now=now())
        if not task.rest
    ]


def _acts(one: seasons.Season, task: Task) -> tuple[Act, ...]:
    if task.kind != "silent":
        return ()
    action = url_for("contest.staff_act", season=one.season, act="jury")
    return (Act(action, gettext("Remind them by letter"), "what", "remind"),)
