"""/staff/surveys: a draft is made, shown as people will see it, opened, closed, told in figures."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events import choosing
from graphnet.surveys import making
from graphnet.surveys.answering import Asked
from graphnet.surveys.making import Survey
from graphnet.surveys.questions import MOST_CHOICES, SCALE, Choice, Question
from webapp.features.people import words as people_words
from webapp.features.surveys import words
from webapp.features.surveys.forms import QuestionForm, TermsForm, choices_of
from webapp.features.surveys.routes import blueprint
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language
from webapp.frame.phrases import percent
from webapp.frame.reasons import mark_wrong, why
from webapp.frame.respond import answer, csv_answer
from webapp.frame.security import current_viewer, role_required

PURPOSE = making.PURPOSE


@blueprint.get("/staff/surveys")
@role_required("staff", purpose=PURPOSE)
def index() -> Response:
    """All surveys, the newest first."""
    found = making.surveys(graphnet().store, current_viewer())
    return answer("surveys/index.html", surveys=found, words=words)


def _terms_form(**values: Any) -> TermsForm:
    form = TermsForm(None, **values) if values else TermsForm()
    return form.of(choosing.choices(graphnet().store, current_viewer()))


@blueprint.route("/staff/surveys/new", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def new() -> Response:
    """Begin a draft."""
    form = _terms_form()
    if form.validate_on_submit():
        try:
            made = making.draft(graphnet().store, current_viewer(), form.terms())
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="title")
        else:
            return redirect(url_for("surveys.staff_one", survey_id=made), 303)
    status = 422 if form.errors else 200
    return answer("surveys/terms.html", form=form, survey=None, status=status)


@blueprint.get("/staff/surveys/<survey_id>")
@role_required("staff", purpose=PURPOSE)
def staff_one(survey_id: str) -> Response:
    """One survey: what is missing, who would get it; how many have answered; what was found."""
    return _one(survey_id)


def _one(survey_id: str, *, error: str = "", status: int = 200) -> Response:
    store, viewer = graphnet().store, current_viewer()
    survey = making.one(store, viewer, survey_id)
    draft = survey.state == "draft"
    return answer(
        "surveys/staff_one.html",
        status=status,
        survey=survey,
        numbers=making.numbers(store, viewer, survey) if draft else None,
        lacks=[words.LACKS[name] for name in survey.lacks] if draft else [],
        audience=_audience(survey),
        rows=_rows(survey),
        said=making.words(store, viewer, survey),
        error=error,
        words=words,
    )


def _audience(survey: Survey) -> str:
    """Return whom it is for, in words."""
    meant = survey.terms.audience
    choices = choosing.choices(graphnet().store, current_viewer())
    parts = [
        in_language(row["name"], row["name_ru"])
        for chosen, rows in (
            (meant.unit, choices.units),
            (meant.group, choices.groups),
            (meant.city, choices.cities),
        )
        for row in rows
        if row["id"] == chosen
    ]
    if meant.from_year and meant.to_year:
        span = people_words.span(meant.from_year, meant.to_year)
        parts.append(gettext("intakes of %(years)s", years=span))
    elif meant.from_year:
        parts.append(gettext("intakes since %(year)s", year=meant.from_year))
    elif meant.to_year:
        parts.append(gettext("intakes until %(year)s", year=meant.to_year))
    return ", ".join(parts)


@blueprint.route("/staff/surveys/<survey_id>/terms", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def terms(survey_id: str) -> Response:
    """Change a draft's terms."""
    store, viewer = graphnet().store, current_viewer()
    survey = making.one(store, viewer, survey_id)
    if request.method == "GET":
        kept = survey.terms
        values: dict[str, Any] = {
            "title": kept.title,
            "title_ru": kept.title_ru,
            "explanation": kept.about,
            "explanation_ru": kept.about_ru,
            "consent": kept.consent,
            "closes_on": kept.closes_on,
        }
        values |= vars(kept.audience)
        form = _terms_form(**values, version=str(survey.version))
        return answer("surveys/terms.html", form=form, survey=survey)
    form, error = _terms_form(), ""
    version = form.version.data or ""
    if form.validate_on_submit() and version.isdecimal():
        try:
            making.change(store, viewer, survey_id, form.terms(), version=int(version[:9]))
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="title")
        except Conflict as problem:
            error = why(problem)
            form.version.data = str(making.one(store, viewer, survey_id).version)
        else:
            flash(gettext("Kept."), "success")
            return redirect(url_for("surveys.staff_one", survey_id=survey_id), 303)
    return answer("surveys/terms.html", form=form, survey=survey, error=error, status=422)


@blueprint.route("/staff/surveys/<survey_id>/questions/<question_id>", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def question(survey_id: str, question_id: str) -> Response:
    """Add a question ('new') or change one, with up to eight choices."""
    store, viewer = graphnet().store, current_viewer()
    survey = making.one(store, viewer, survey_id)
    known = next((one for one in survey.questions if one.id == question_id), None)
    if (known is None and question_id != "new") or survey.state != "draft":
        raise ThingNotFound("no such question")
    asked = known or Question("", "one", "", "")
    choices = asked.choices
    if request.method == "POST":
        form, choices = QuestionForm(), choices_of(request.form)
        if form.validate_on_submit():
            try:
                making.keep_question(store, viewer, survey_id, form.question(asked.id, choices))
            except BadValue as problem:
                mark_wrong(form, problem, otherwise="text")
            else:
                flash(gettext("Kept."), "success")
                return redirect(url_for("surveys.staff_one", survey_id=survey_id), 303)
    else:
        form = QuestionForm(
            None, kind=asked.kind, text=asked.text, text_ru=asked.text_ru, feeds=asked.feeds
        )
    return answer(
        "surveys/question.html",
        form=form,
        survey=survey,
        new=known is None,
        choices=[*choices, *[Choice("", "")] * (MOST_CHOICES - len(choices))],
        topics=choosing.choices(store, viewer).topics,
        status=422 if form.errors else 200,
    )


@blueprint.post("/staff/surveys/<survey_id>/act")
@role_required("staff", purpose=PURPOSE)
def act(survey_id: str) -> Response:
    """Move a question or take it away; open, close, throw away: one act, then the page again."""
    store, viewer = graphnet().store, current_viewer()
    name, _, about = request.form.get("act", "").partition(":")
    page = redirect(url_for("surveys.staff_one", survey_id=survey_id), 303)
    try:
        if name in ("up", "down", "take"):
            by = {"up": -1, "down": 1, "take": 0}[name]
            making.move_question(store, viewer, survey_id, about, by)
        elif name == "open":
            making.open_it(store, viewer, survey_id)
            flash(gettext("It is open, and the letters are on their way."), "success")
        elif name == "close":
            making.close(store, viewer, survey_id)
            flash(gettext("Closed. What was found stands below and stays as it is."), "success")
        elif name == "throw":
            making.throw_away(store, viewer, survey_id)
            flash(gettext("The draft is gone."), "success")
            return redirect(url_for("surveys.index"), 303)
        else:
            raise BadValue(
                "a question is moved or taken away, a survey opened, closed or thrown away",
                code="act",
            )
    except BadValue as problem:
        return _one(survey_id, error=why(problem), status=422)
    except Conflict as problem:
        return _one(survey_id, error=why(problem), status=409)
    return page


@blueprint.get("/staff/surveys/<survey_id>/preview")
@role_required("staff", purpose=PURPOSE)
def preview(survey_id: str) -> Response:
    """The form exactly as people see it, in the reader's language; nothing can be sent from it."""
    survey = making.one(graphnet().store, current_viewer(), survey_id)
    kept = survey.terms
    shown = Asked(
        survey.id, kept.title, kept.title_ru, kept.about, kept.about_ru, kept.consent,
        kept.closes_on, True, survey.questions, {},
    )  # fmt: skip
    return answer(
        "surveys/survey.html",
        survey=shown,
        given={},
        here="",
        error="",
        additions=[],
        seen_by="",
        words=words,
    )


def _labels(question: Question) -> list[str]:
    if question.kind == "scale":
        labels = [str(place) for place in SCALE]
    elif question.kind == "words":
        labels = [gettext("wrote something")]
    else:
        labels = [in_language(one.text, one.text_ru) for one in question.choices]
    return [*labels, gettext("no answer")]


def _rows(survey: Survey) -> list[tuple[Question, list[tuple[str, int | None, str]], float | None]]:
    """Return what was found: per question its choices, how many, which share of all answers."""
    if survey.results is None:
        return []
    everybody = survey.results["n"]
    found = []
    for one in survey.questions:
        told = survey.results["questions"].get(one.id, {"cells": [], "mean": None})
        cells = [
            (label, n, percent(n / everybody) if n is not None and everybody else "")
            for label, n in zip(_labels(one), told["cells"], strict=False)
        ]
        found.append((one, cells, told["mean"]))
    return found


@blueprint.get("/staff/surveys/<survey_id>/results.csv")
@role_required("staff", purpose=PURPOSE)
def csv(survey_id: str) -> Response:
    """What was found as a table, in the reader's language."""
    survey = making.one(graphnet().store, current_viewer(), survey_id)
    if survey.results is None:
        raise ThingNotFound("nothing was found yet")
    header = [gettext("Question"), gettext("Answer"), gettext("People"), gettext("Share")]
    hidden = gettext("not shown")
    return csv_answer(
        "survey",
        header,
        (
            [in_language(one.text, one.text_ru), label, hidden if n is None else n, share]
            for one, cells, _ in _rows(survey)
            for label, n, share in cells
        ),
    )
