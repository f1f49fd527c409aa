"""/classmates: my study groups with everyone in them, and the rest of my intake."""

from dataclasses import dataclass

from flask import Blueprint
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.discovery.classmates import classes
from graphnet.people import Card, Study
from webapp.context import graphnet, live
from webapp.i18n import in_language
from webapp.pages import answer, page_of
from webapp.security import current_viewer, signed_in
from webapp.words import study_line

blueprint = Blueprint("classmates", __name__, template_folder="templates")


@dataclass(frozen=True)
class Mate:
    """One line of a list: the person, and what tells them apart from the others on it."""

    card: Card
    lines: tuple[str, ...]
    terms: int = 0
    monitor: bool = False


@blueprint.get("/classmates")
@signed_in
def classmates() -> Response:
    """My groups across all codes they ever had: who is here, who has no contact."""
    viewer = current_viewer(purpose="classmates")
    found = classes(graphnet().store, viewer, rules=live().rules)
    mine = [group.study for group in found.groups]
    page = page_of(len(found.classmates), size=60)
    return answer(
        "classmates/classmates.html",
        groups=[
            (
                group,
                [
                    Mate(mate.card, different(mate.card, [group.study]), mate.terms, mate.monitor)
                    for mate in group.mates
                ],
            )
            for group in found.groups
        ],
        classmates=[
            Mate(card, different(card, mine))
            for card in found.classmates[page.skip : page.skip + page.size]
        ],
        by_graduation=found.by_graduation,
        page=page,
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
    return tuple(line for line in lines if line)
