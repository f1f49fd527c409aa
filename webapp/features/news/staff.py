"""/staff/news: what there is in hand; writing, changing, publishing, taking back."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from graphnet.errors import BadValue, Conflict
from graphnet.news import reading, writing
from graphnet.news.reading import Piece
from graphnet.recommendations.catalogue import topics
from webapp.features.news.forms import NewsForm, values
from webapp.features.news.routes import blueprint
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer, page_of, whole_number
from webapp.frame.security import current_viewer, role_required

PURPOSE = "news"
SHOWN = 25


@blueprint.get("/staff/news")
@role_required("staff", purpose=PURPOSE)
def staff_index() -> Response:
    """Every piece, the last changed first."""
    state = request.args.get("state", "")
    state = state if state in writing.STATES else ""
    number = whole_number("page", 1, low=1, high=10_000)
    rows, total = reading.in_hand(
        graphnet().store, current_viewer(), state=state, skip=(number - 1) * SHOWN, limit=SHOWN
    )
    page = page_of(total, size=SHOWN)
    return answer("news/staff_index.html", pieces=rows, page=page, state=state)


@blueprint.route("/staff/news/new", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def new() -> Response:
    """Write a piece: it is a draft first."""
    form = NewsForm()
    _offer(form)
    if form.validate_on_submit():
        try:
            made = writing.write(graphnet().store, current_viewer(), form.words())
        except BadValue as problem:
            _wrong(form, problem)
        else:
            flash(gettext("Kept as a draft. Read it once more, then publish it."), "success")
            return redirect(url_for("news.piece", news_id=made), 303)
    return _form(form, None)


@blueprint.route("/staff/news/<news_id>/edit", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def edit(news_id: str) -> Response:
    """Change a piece; who saves second reads what stands there now."""
    store, viewer = graphnet().store, current_viewer()
    held = reading.one(store, viewer, news_id)
    form = NewsForm(data=None if request.method == "POST" else values(held))
    _offer(form)
    if form.validate_on_submit():
        version = form.version.data or ""
        try:
            writing.change(
                store,
                viewer,
                news_id,
                form.words(),
                version=int(version) if version.isdecimal() and len(version) < 10 else -1,
            )
        except BadValue as problem:
            _wrong(form, problem)
        except writing.Meanwhile:
            form.version.data = str(held.version)
            return _form(form, held, meanwhile=True, status=409)
        else:
            flash(gettext("Changed."), "success")
            return redirect(url_for("news.piece", news_id=news_id), 303)
    return _form(form, held)


@blueprint.post("/staff/news/<news_id>/<act>")
@role_required("staff", purpose=PURPOSE)
def act(news_id: str, act: str) -> Response:
    """Publish a piece, or take it back."""
    acts = {"publish": writing.publish, "withdraw": writing.withdraw}
    said = {
        "publish": gettext("Published. It finds its readers from now on."),
        "withdraw": gettext("Taken back: only staff see it. You can publish it again."),
    }
    if act in acts:
        try:
            acts[act](graphnet().store, current_viewer(), news_id)
        except Conflict as problem:
            flash(why(problem), "info")
        else:
            flash(said[act], "success")
    return redirect(url_for("news.piece", news_id=news_id), 303)


def _offer(form: NewsForm) -> None:
    known = topics(graphnet().store)
    named = [(topic.id, str(in_language(topic.name, topic.name_ru))) for topic in known]
    named.sort(key=lambda choice: choice[1].casefold())
    form.topics.choices = [SelectChoice(value, label) for value, label in named]


def _wrong(form: NewsForm, problem: BadValue) -> None:
    """Say what is wrong beside its field; of the texts, beside that of the reader's language."""
    field: Any = form.fields()[1] if problem.field == "text" else form[problem.field]
    field.errors = [*field.errors, why(problem)]


def _form(
    form: NewsForm, held: Piece | None, *, meanwhile: bool = False, status: int | None = None
) -> Response:
    wrong = 422 if request.method == "POST" else 200
    return answer(
        "news/edit.html", form=form, piece=held, meanwhile=meanwhile, status=status or wrong
    )
