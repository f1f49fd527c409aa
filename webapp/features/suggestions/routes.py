"""/people/suggested: people I may know, why, and a small picture; who is dismissed stays away."""

from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.recommendations.people_you_may_know import (
    PersonSuggestion,
    dismiss,
    people_i_may_know,
    undo_dismissal,
)
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, signed_in

blueprint = Blueprint("suggestions", __name__, template_folder="templates")

SHOWN = 24
GROUPS = ("study_group", "cohort", "graduation", "member")


@dataclass(frozen=True)
class Between:
    """What stands between me and somebody in the picture: a person or a group."""

    label: str
    is_group: bool


def between(suggestion: PersonSuggestion) -> list[Between]:
    """Return what both have in common, at most three, people whom one may name first."""
    people = [
        Between(one.name.given or one.name.family, is_group=False) for one in suggestion.through
    ]
    groups = [
        Between(in_language(reason.name, reason.name_ru), is_group=True)
        for reason in suggestion.reasons
        if reason.kind in GROUPS
    ]
    counted = [
        Between(gettext("%(num)s people", num=reason.count), is_group=False)
        for reason in suggestion.reasons
        if reason.kind == "acquaintances" and not people
    ]
    return (people + groups + counted)[:3]


@blueprint.get("/people/suggested")
@signed_in
def suggested() -> Response:
    """People whom the reader may know, best first."""
    viewer = current_viewer(purpose="suggestions")
    found = people_i_may_know(live(), viewer, k=SHOWN) if viewer.person_key is not None else []
    return answer(
        "suggestions/suggested.html",
        suggestions=[(one, between(one)) for one in found],
        dismissed=request.args.get("dismissed", "")[:64],
    )


@blueprint.post("/people/suggested/dismiss")
@signed_in
def dismiss_person() -> Response:
    """Never suggest this person again; the page offers to take it back."""
    item = request.form.get("item", "")
    dismiss(graphnet().store, current_viewer(), "people", item)
    return redirect(url_for("suggestions.suggested", dismissed=item), 303)


@blueprint.post("/people/suggested/undo")
@signed_in
def undo() -> Response:
    """Let this person be suggested again."""
    undo_dismissal(graphnet().store, current_viewer(), "people", request.form.get("item", "")[:64])
    return redirect(url_for("suggestions.suggested"), 303)
