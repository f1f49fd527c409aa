"""/projects/ID/books: open books, line by line and as a file; what somebody intends to give."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.money import amounts, open_books
from graphnet.money.flow import over_time
from graphnet.projects import books, promises
from webapp.features.projects.picture import period_word, picture_of
from webapp.features.projects.routes import KIND, blueprint, project_answer
from webapp.features.projects.words import line_word
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer, back_or, csv_answer, whole_number
from webapp.frame.security import current_viewer, limiter, role_required

HEAD = ("from", "to", "kind", "what", "document", "who", "people", "in", "out", "currency")


@blueprint.get("/projects/books")
def all_books() -> Response:
    """The books of all projects beside each other; sums of one currency only are added up."""
    viewer = current_viewer(purpose="projects")
    rows = books.projects(graphnet().store, viewer, limit=1000)
    told = [row for row in rows if row["books"].balance is not None]
    total: dict[str, dict[str, int]] = {}
    for row in told:
        sums = total.setdefault(row["currency"], dict.fromkeys(("received", "spent", "balance"), 0))
        for name in sums:
            sums[name] += getattr(row["books"], name)
    return answer("projects/all_books.html", rows=rows, total=total)


@blueprint.get("/projects/<project_id>/books")
def open_book(project_id: str) -> Response:
    """One project's books."""
    store, viewer = graphnet().store, current_viewer(purpose="projects")
    page = books.project_page(live(), viewer, project_id)
    known = open_books.currencies(store, project_id)
    currency = request.args.get("currency", "")
    currency = currency if currency in known else known[0]
    year = whole_number("year", 0, low=0, high=9999) or None
    closed = page.project["books_closed_at"]
    until = closed.date() if closed else None
    found = open_books.books(store, project_id, currency, year=year, until=until)
    if request.args.get("as") == "csv":
        return csv_answer(f"books-{currency.lower()}", HEAD, _rows(found))
    periods = over_time(found, year=year)
    return answer(
        "projects/books.html",
        page=page,
        project=page.project,
        books=found,
        currencies=[(one, one) for one in known],
        years=[("", gettext("all")), *((str(one), str(one)) for one in found.years)],
        year=str(year or ""),
        periods=periods,
        picture=picture_of(periods),
        period_word=period_word,
        line_word=line_word,
    )


def _rows(found: open_books.Books) -> list[list[Any]]:
    """Return the lines of a file: opening, what came and went, and the balance."""
    told = found.opening is not None
    first = found.lines[0].first.isoformat() if found.lines else ""
    last = found.lines[-1].last.isoformat() if found.lines else ""
    rows: list[list[Any]] = []
    if told:
        rows.append(_sum("opening", first, found.opening or 0, found.currency))
    rows += [
        [
            line.first.isoformat(), line.last.isoformat(), line.kind, line.what, line.document,
            line.party, line.people or "", amounts.written(line.came), amounts.written(line.went),
            found.currency,
        ]
        for line in found.lines
    ]  # fmt: skip
    if told:
        rows.append(_sum("balance", last, found.balance or 0, found.currency))
    return rows


def _sum(what: str, day: str, amount: int, currency: str) -> list[Any]:
    return [day, day, what, "", "", "", "", amounts.written(amount), "", currency]


@blueprint.post("/projects/<project_id>/promise")
@role_required("alumnus", purpose="projects")
@limiter.limit("30/hour")
def promise(project_id: str) -> Response:
    """Say that one intends to give: an intention, no obligation."""
    store, viewer = graphnet().store, current_viewer()
    try:
        amount = amounts.read(request.form.get("amount", ""))
        text = request.form.get("parts", "") or "1"
        number = int(text) if text.isdecimal() and len(text) < 4 else 0
        named = books.project_page(live(), viewer, project_id).project
        project = in_language(named["name"], named["name_ru"])
        each = ngettext("in %(num)s part", "in %(num)s parts", number) if number > 1 else ""
        promises.promise(
            store,
            viewer,
            project_id,
            amount,
            kind=KIND,
            number=number,
            named=request.form.get("named") == "yes",
            remind=request.form.get("remind") == "yes",
            subject=gettext("Intended gift: %(project)s", project=project),
            text=f"{amounts.written(amount)} {named['currency']} {each}".strip(),
        )
    except BadValue as problem:
        wrong = why(problem)
        return project_answer(viewer, project_id, promise_problem=wrong, status=422)
    except TooMany as problem:
        wrong = why(problem)
        return project_answer(viewer, project_id, promise_problem=wrong, status=409)
    flash(
        gettext(
            "Thank you! The Association writes to you how to give; until then it is an intention."
        ),
        "success",
    )
    return redirect(url_for("projects.project", project_id=project_id), 303)


@blueprint.post("/projects/<project_id>/promise/<pledge_id>")
@role_required("alumnus", purpose="projects")
def withdraw(project_id: str, pledge_id: str) -> Response:
    """Intend it no longer."""
    try:
        promises.withdraw(graphnet().store, current_viewer(), project_id, pledge_id)
    except Conflict as problem:
        flash(why(problem), "error")
    else:
        flash(gettext("Taken back. What you have given stays given."), "success")
    return redirect(url_for("projects.project", project_id=project_id), 303)


@blueprint.post("/projects/<project_id>/promise/<pledge_id>/remind")
@role_required("alumnus", purpose="projects")
def remind_me(project_id: str, pledge_id: str) -> Response:
    """Wish a letter before each part of what one intends to give, or no longer."""
    remind = request.form.get("remind") == "yes"
    promises.wish(graphnet().store, current_viewer(), project_id, pledge_id, remind=remind)
    flash(
        gettext("You get a letter three days before each part is due, and none once it is here.")
        if remind
        else gettext("You get no reminders any more."),
        "success",
    )
    return redirect(back_or(url_for("projects.project", project_id=project_id)), 303)
