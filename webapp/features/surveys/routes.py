"""/surveys/ID signed in, /survey/TOKEN out of a letter: answered, changed, taken back."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import own_accord
from graphnet.errors import BadValue, Conflict, NotFound
from graphnet.privacy import Viewer
from graphnet.recommendations import preferences
from graphnet.surveys import answering
from graphnet.surveys.answering import Asked
from webapp.features.people.words import AUDIENCE_WORDS
from webapp.features.surveys import words
from webapp.features.surveys.forms import answers_of
from webapp.frame.context import graphnet
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, limiter, signed_in

blueprint = Blueprint("surveys", __name__, template_folder="templates")


@blueprint.route("/surveys/<survey_id>", methods=["GET", "POST"])
@signed_in
def one(survey_id: str) -> Response:
    """A survey that I was sent: answer it, see and change what I answered."""
    here = url_for("surveys.one", survey_id=survey_id)
    return _survey(current_viewer(), survey_id, here)


@blueprint.route("/survey/<token>", methods=["GET", "POST"])
@limiter.limit("60/hour")
def by_link(token: str) -> Response:
    """The same by the link of a letter, which speaks for whom it was sent to."""
    try:
        viewer, _, survey_id = answering.behind(graphnet().store, token)
    except NotFound:
        return answer("surveys/gone.html", status=404)
    return _survey(viewer, survey_id, url_for("surveys.by_link", token=token))


def _survey(viewer: Viewer, survey_id: str, here: str) -> Response:
    store = graphnet().store
    survey = answering.asked(store, viewer, survey_id)
    if request.method == "GET":
        return _page(viewer, survey, here)
    act = request.form.get("act", "answer")
    if act == "take back":
        if answering.take_back(store, viewer, survey_id):
            flash(gettext("Your answer is gone."), "success")
        return redirect(here, 303)
    if act == "add":
        return _add(viewer, survey, here)
    given = answers_of(survey.questions, request.form)
    try:
        answering.answer(store, viewer, survey_id, given)
    except BadValue as problem:
        return _page(viewer, survey, here, given=given, error=why(problem), status=422)
    except Conflict as problem:
        return _page(viewer, survey, here, error=why(problem), status=409)
    flash(gettext("Thank you: your answer is kept."), "success")
    return redirect(here, 303)


def _page(
    viewer: Viewer,
    survey: Asked,
    here: str,
    *,
    given: dict[str, object] | None = None,
    error: str = "",
    status: int = 200,
) -> Response:
    additions, seen_by = answering.additions(graphnet().store, viewer, survey)
    return answer(
        "surveys/survey.html",
        status=status,
        survey=survey,
        given=survey.answers if given is None else given,
        here=here,
        error=error,
        additions=additions,
        seen_by=AUDIENCE_WORDS.get(seen_by, ""),
        words=words,
    )


def _add(viewer: Viewer, survey: Asked, here: str) -> Response:
    """Put onto the page what was ticked, of what the answer offers, and nothing else."""
    store, ticked = graphnet().store, set(request.form.getlist("add"))
    offered, _ = answering.additions(store, viewer, survey)
    chosen = [one for one in offered if one.mark in ticked]
    for one in chosen:
        preferences.add(store, viewer, one.kind, one.topic)
    if chosen:
        flash(gettext("It stands on your page now."), "success")
    else:
        flash(gettext("Nothing was ticked, and nothing has changed."), "info")
    return redirect(here, 303)


@blueprint.route("/me/surveys", methods=["GET", "POST"])
@signed_in
def mine() -> Response:
    """Every survey that I was sent; whether I want any."""
    store, viewer = graphnet().store, current_viewer()
    if request.method == "POST":
        if request.form.get("act") == "stop":
            own_accord.refuse(store, viewer.own_key(), own_accord.SURVEYS)
            flash(gettext("You will get no surveys any more."), "success")
        else:
            own_accord.allow(store, viewer, own_accord.SURVEYS)
            flash(gettext("You get surveys again, one a month at most."), "success")
        return redirect(url_for("surveys.mine"), 303)
    return answer(
        "surveys/mine.html",
        surveys=answering.mine(store, viewer),
        refuses=own_accord.refuses(store, viewer, own_accord.SURVEYS),
        words=words,
    )
