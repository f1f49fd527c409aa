"""/classmates: my study groups with everyone in them, and the rest of my intake."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.discovery.classmates import (
    STATES,
    Common,
    Groupmate,
    Intake,
    MyGroup,
    classes,
    in_common,
    joined_lately,
    named_like,
    narrowed,
    shared_by_many,
)
from graphnet.people import Card, Study
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.respond import answer, csv_answer, page_of
from webapp.frame.security import current_viewer, signed_in
from webapp.frame.words import state_word, study_line, years

blueprint = Blueprint("classmates", __name__, template_folder="templates")

PAGE = 60


@dataclass(frozen=True)
class Mate:
    """One line of a list: the person, and what tells them apart from the others on it."""

    card: Card
    lines: tuple[str, ...]
    terms: int = 0
    monitor: bool = False
    lately: bool = False
    shared: str = ""


@dataclass(frozen=True)
class Section:
    """One of my groups on the page: all of it for the figures, and those who are asked for."""

    group: MyGroup
    mates: list[Mate]
    shared: str
    terms: int  # that most of the group shared with me; 0 where nothing is usual

    @property
    def found(self) -> int:
        """How many of the group somebody has a contact of, or who are here."""
        return len(self.group.mates) - self.group.count("no_contact")


def usual_terms(group: MyGroup) -> int:
    """Return how many terms most of a group shared with me: said once, not nineteen times."""
    counted = Counter(mate.terms for mate in group.mates if mate.terms).most_common(1)
    return counted[0][0] if counted and counted[0][1] > max(1, len(group.mates) // 2) else 0


def missing_first(mates: Iterable[Groupmate]) -> list[Groupmate]:
    """Return groupmates with those whom nobody reaches first: about them something can be done."""
    return sorted(mates, key=lambda mate: mate.card.state != "no_contact")


@blueprint.get("/classmates")
@signed_in
def classmates() -> Response:
    """My groups across all codes they ever had: who is here, who has no contact."""
    viewer = current_viewer(purpose="classmates")
    found = classes(graphnet().store, viewer, rules=live().rules)
    everyone = found.people()
    common = in_common(graphnet().store, viewer, everyone)
    lately = joined_lately(common)
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    text = request.args.get("name", "").strip()[:100]
    within = request.args.get("group", "")
    places = {one for group in found.groups for one in group.ids} | {i.id for i in found.intakes}
    within = within if within in places else ""
    keys = named_like(live(), everyone, text) if text else None
    asked = narrowed(found, state=state, within=within, keys=keys, lately=lately)
    if request.args.get("as") == "csv" and viewer.is_alumnus:
        return _csv(asked.groups)
    whole = {group.id: group for group in found.groups}
    mine = [group.study for group in found.groups]
    page = page_of(len(asked.classmates), size=PAGE)

    def line(
        card: Card, *, mate: Groupmate | None = None, of: Iterable[Study] = (), usual: int = 0
    ) -> Mate:
        return Mate(
            card,
            different(card, list(of)),
            mate.terms if mate and mate.terms != usual else 0,
            mate.monitor if mate else False,
            card.key in lately,
            _shared(common.get(card.key, Common())),
        )

    return answer(
        "classmates/classmates.html",
        sections=[
            Section(
                whole[group.id],
                [
                    line(mate.card, mate=mate, of=[group.study], usual=usual_terms(whole[group.id]))
                    for mate in missing_first(group.mates)
                ],
                _many(common[m.card.key] for m in whole[group.id].mates if m.card.key in common),
                usual_terms(whole[group.id]),
            )
            for group in asked.groups
        ],
        everyone=everyone,
        lately=sum(card.key in lately for card in everyone),
        classmates=[
            line(card, of=mine) for card in asked.classmates[page.skip : page.skip + page.size]
        ],
        classmates_on_file=len(found.classmates),
        with_classmates=not within or any(one.id == within for one in found.intakes),
        places=_places(found.groups, found.intakes),
        by_graduation=found.by_graduation,
        page=page,
        state=state,
        text=text,
        within=within,
        narrowed=bool(state or text or within),
        span=_span,
    )


def _span(study: Study) -> str:
    return years(study.from_term, study.to_term)


def _places(groups: Iterable[MyGroup], intakes: Iterable[Intake]) -> list[tuple[str, str]]:
    """Return id and words of what a list can be narrowed to."""
    found = [(group.id, gettext("Group %(code)s", code=group.study.code)) for group in groups]
    for one in intakes:
        name = in_language(one.name, one.name_ru)
        year = one.year
        if one.by_graduation:
            words = gettext("graduation %(year)s, %(name)s", year=year, name=name)
        else:
            words = gettext("intake of %(year)s, %(name)s", year=year, name=name)
        found.append((one.id, words.strip(" ,")))
    return found


def _shared(common: Common) -> str:
    """Say what somebody shows that I have too."""
    parts = []
    if common.events:
        names = ", ".join(in_language(*thing[1:]) for thing in common.events[:2])
        parts.append(gettext("also at: %(names)s", names=names))
    if common.topics:
        names = ", ".join(in_language(*thing[1:]) for thing in common.topics[:3])
        parts.append(gettext("also interested in: %(names)s", names=names))
    if common.groups:
        names = ", ".join(in_language(*thing[1:]) for thing in common.groups[:2])
        parts.append(gettext("also in: %(names)s", names=names))
    return "; ".join(parts)


def _many(common: Iterable[Common]) -> str:
    """Say what at least three of a group share with me."""
    return ", ".join(f"{in_language(*thing[1:])} ({n})" for thing, n in shared_by_many(common)[:5])


def _csv(groups: Iterable[MyGroup]) -> Response:
    """Give my own groups as a file, as I see them: names and states, and no address.

    The rest of an intake is not given: hundreds of names are a list to misuse, a group is not.
    """
    return csv_answer(
        "groupmates",
        [gettext("group"), gettext("name"), gettext("state"), gettext("terms together")],
        (
            [
                group.study.code,
                mate.card.name.full,
                state_word(mate.card.state, mate.card.gender),
                mate.terms or "",
            ]
            for group in groups
            for mate in group.mates
        ),
    )


def different(card: Card, mine: list[Study]) -> tuple[str, ...]:
    """Return what a person's line says beyond what all on the list share with me.

    A stay in my group is left out; of one in my intake only the group is said; others are whole.
    """
    groups = {study.group_id for study in mine if study.group_id}
    cohorts = {study.cohort_id for study in mine if study.cohort_id}
    lines = []
    for study in card.studies:
        if study.group_id in groups:
            continue
        if study.cohort_id and study.cohort_id in cohorts and study.code:
            lines.append(gettext("group %(code)s", code=study.code))
        else:
            lines.append(study_line(study))
    lines.append(", ".join(filter(None, (in_language(*card.city), card.employer[0]))))
    return tuple(dict.fromkeys(line for line in lines if line))
