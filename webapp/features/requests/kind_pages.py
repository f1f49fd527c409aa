"""/staff/requests/kinds: kinds of request as staff write them, in versions."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.requests import forms, units
from graphnet.requests.forms import FIELD_KINDS, MOST_FIELDS, KindForm
from webapp.features.requests.kinds import entered, offered
from webapp.features.requests.routes import blueprint
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required

PURPOSE = "write kinds of request"


@blueprint.get("/staff/requests/kinds")
@role_required("staff", purpose=PURPOSE)
def kinds() -> Response:
    """Every kind: whether it is on, its place, by when."""
    return answer("requests/kinds.html", kinds=offered(), units=_units())


@blueprint.route("/staff/requests/kinds/<kind_name>", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def kind(kind_name: str) -> Response:
    """One kind: its words, its form, who is in charge, by when, what is said; "new" makes one."""
    name = "" if kind_name == "new" else kind_name
    held = offered().get(name) if name else KindForm("", 0, "", "")
    if held is None:
        raise ThingNotFound("no such kind of request")
    if request.method == "GET":
        return _page(kind_name, held)
    made = entered(name, request.form)
    try:
        forms.save(graphnet().store, current_viewer(), made)
    except Conflict as problem:
        made = replace(made, number=held.number)
        return _page(kind_name, made, status=409, error=why(problem))
    except BadValue as problem:
        return _page(kind_name, made, status=422, error=why(problem))
    flash(
        gettext("Kept. It holds for what is asked from now on; older requests keep their form."),
        "success",
    )
    return redirect(url_for("requests.kinds"), 303)


def _page(name: str, form: KindForm, **page: Any) -> Response:
    store, viewer = graphnet().store, current_viewer()
    return answer(
        "requests/kind.html",
        kind_name=name,
        form=form,
        sorts=_sorts(),
        rows=min(MOST_FIELDS, len(form.fields) + 2),
        units=_units(),
        versions=forms.versions(store, viewer, form.kind) if form.kind else [],
        **page,
    )


def _units() -> dict[str, str]:
    return {
        row["id"]: in_language(row["name"], row["name_ru"]) for row in units.every(graphnet().store)
    }


def _sorts() -> dict[str, str]:
    words = (gettext("one line"), gettext("several lines"), gettext("a choice"), gettext("a day"))
    return dict(zip(FIELD_KINDS, words, strict=True))
