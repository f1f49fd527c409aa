"""/services: the catalogue; /staff/services: staff write it."""

from dataclasses import fields
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict
from graphnet.recommendations.catalogue import topics
from graphnet.requests import services, units
from graphnet.requests.services import Service
from webapp.features.requests.kinds import offered
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("services", __name__, template_folder="templates")
PURPOSE = "write services"


@blueprint.get("/services")
def index() -> Response:
    """Every service, for everybody."""
    return answer("services/index.html", rows=services.every(graphnet().store, current_viewer()))


@blueprint.get("/services/<service_id>")
def service(service_id: str) -> Response:
    """One service: for whom, steps, documents, terms, and the way to ask for it."""
    one = services.one(graphnet().store, current_viewer(), service_id)
    kind = offered().get(one.request_kind)
    viewer = current_viewer()
    ask = "requests.ask_here" if viewer.is_anyone else "requests.new"
    href = url_for(ask, kind=one.request_kind) if kind is not None and kind.shown else ""
    return answer("services/service.html", one=one, ask=href)


@blueprint.get("/staff/services")
@role_required("staff", purpose=PURPOSE)
def desk() -> Response:
    """Every service, those that were withdrawn included."""
    rows = services.every(graphnet().store, current_viewer(), to_write=True)
    return answer("services/desk.html", rows=rows)


@blueprint.route("/staff/services/new", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def new() -> Response:
    """Write a new service."""
    return _edit(Service())


@blueprint.route("/staff/services/<service_id>", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def edit(service_id: str) -> Response:
    """Write a service, withdraw it or show it again."""
    return _edit(services.one(graphnet().store, current_viewer(), service_id, to_write=True))


def _edit(held: Service) -> Response:
    if request.method == "GET":
        return _page(held)
    made = _entered(held)
    try:
        written = services.save(graphnet().store, current_viewer(), made)
    except Conflict as problem:
        return _page(made, version=held.version, status=409, error=why(problem))
    except BadValue as problem:
        return _page(made, status=422, error=why(problem))
    flash(gettext("Kept. Everybody sees it so from now on."), "success")
    return redirect(url_for("services.edit", service_id=written), 303)


def _page(one: Service, *, version: int | None = None, **page: Any) -> Response:
    store = graphnet().store
    return answer(
        "services/edit.html",
        one=one,
        version=one.version if version is None else version,
        texts=_texts(),
        kinds={form.kind: in_language(form.name, form.name_ru) for form in offered().values()},
        units={row["id"]: in_language(row["name"], row["name_ru"]) for row in units.every(store)},
        topics={topic.id: in_language(topic.name, topic.name_ru) for topic in topics(store)},
        **page,
    )


def _entered(held: Service) -> Service:
    texts: dict[str, Any] = {
        one.name: request.form.get(one.name, "").replace("\r\n", "\n").strip()
        for one in fields(Service)
        if one.type is str and not one.name.startswith("unit_") and one.name != "id"
    }
    number = {name: request.form.get(name, "") for name in ("version", "position")}
    whole: dict[str, Any] = {
        name: int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
        for name, text in number.items()
    }
    return Service(
        **texts,
        **whole,
        id=held.id,
        topics=tuple(request.form.getlist("topics")),
        withdrawn=bool(request.form.get("withdrawn")),
    )


def _texts() -> dict[str, tuple[str, str]]:
    return {
        "description": (gettext("What it is, in Russian"), gettext("What it is, in English")),
        "audience": (gettext("For whom, in Russian"), gettext("For whom, in English")),
        "steps": (
            gettext("Steps, one a line, in Russian"),
            gettext("Steps, one a line, in English"),
        ),
        "documents": (
            gettext("Documents, one a line, in Russian"),
            gettext("Documents, one a line, in English"),
        ),
        "terms": (gettext("Terms, in Russian"), gettext("Terms, in English")),
    }
