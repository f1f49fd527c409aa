"""Drafting a season in the browser, and changing its terms while the law allows it."""

from datetime import date, timedelta

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.contest import announcing, seasons
from graphnet.contest.terms import Dates, Named, Terms, differences
from graphnet.errors import BadInput, Conflict
from graphnet.ledger.rule_files import BadRules
from graphnet.ledger.rules import completed, read_rules, template, unnamed
from webapp.features.contest.blueprint import (
    PURPOSE,
    blueprint,
    now,
    season_of,
    viewer,
)
from webapp.features.contest.forms import SeasonForm, values
from webapp.features.contest.letters import terms_letter
from webapp.features.contest.words import rule_mistake
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import role_required


@blueprint.route("/staff/contest/new", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def new() -> Response:
    """Draft a season."""
    form = SeasonForm(data=None if request.method == "POST" else _suggested())
    return _edit(form, None)


@blueprint.route("/staff/contest/<season>/edit", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def edit(season: str) -> Response:
    """Change a draft, or the terms of an announced season while the law allows it."""
    found = season_of(season)
    begin = None
    if request.method != "POST":
        rules = read_rules(found.rules)
        begin = values(season, found.terms, unnamed(found.rules))
        begin |= {"starts": rules.starts, "ends": rules.ends, "seen": announcing.mark(found)}
    return _edit(SeasonForm(data=begin), found)


def _edit(form: SeasonForm, found: seasons.Season | None) -> Response:
    store, at = graphnet().store, now()
    form.event.choices = [
        ("", gettext("none")),
        *(
            (row["id"], f"{in_language(row['title'], row['title_ru'])}, "
             f"{in_language(row['festival'], row['festival_ru'])}")
            for row in announcing.events_to_choose(store)
        ),
    ]  # fmt: skip
    announced = found is not None and found.announced_at is not None
    if announced:  # not part of what can be changed, and so not asked for
        del form.season, form.rules, form.starts, form.ends
    problem = ""
    meanwhile: dict[str, tuple[object, object]] = {}
    if form.validate_on_submit():
        try:
            terms = form.terms()
            if announced and found is not None:
                announcing.change(
                    store,
                    viewer(),
                    found.season,
                    terms,
                    now=at,
                    letter=lambda changed: terms_letter(found, terms, changed),
                    seen=form.seen.data or "",
                )
                flash(
                    gettext("A new version of the terms is in force; the old one is kept."),
                    "success",
                )
                name = found.season
            else:
                name = found.season if found else (form.season.data or "").strip()
                rules = completed(
                    (form.rules.data or "").replace("\r\n", "\n"),
                    season=name,
                    starts=form.starts.data,
                    ends=form.ends.data,
                )
                announcing.draft(
                    store, viewer(), name, terms, rules=rules, now=at, seen=form.seen.data or ""
                )
                flash(gettext("The draft is kept. Nobody but staff sees it."), "success")
            return redirect(url_for("contest.staff_season", season=name), 303)
        except BadRules as trouble:
            form.rules.errors = [rule_mistake(one) for one in trouble.mistakes]
        except (BadInput, Conflict) as trouble:
            problem = why(trouble)
            if trouble.code == "meanwhile" and found is not None:
                meanwhile = differences(season_of(found.season).terms, terms)
                form.seen.data = announcing.mark(season_of(found.season))
    wrong = request.method == "POST"
    return answer(
        "contest/edit.html",
        form=form,
        season=found,
        announced=announced,
        problem=problem,
        days=list(Dates.__dataclass_fields__),
        meanwhile=meanwhile,
        status=422 if wrong else 200,
    )


def _suggested() -> dict[str, object]:
    """What a first draft begins with, for staff to change: nothing of it is in force.

    The season is the year after the last one that there is; its days follow that one's.
    """
    day = now().date()
    there = seasons.seasons(graphnet().store, viewer())
    years = [int(one.season) for one in there if one.season.isdigit()]
    year = max([*years, day.year - 1]) + 1
    last = max((read_rules(one.rules).ends for one in there), default=date(year - 1, 12, 31))
    first = max(last + timedelta(days=1), date(year, 1, 1))
    steps = (14, 28, 35, 49, 63, 70, 180)
    dates = Dates(*(day + timedelta(days=step) for step in steps))
    text = template(graphnet().settings.home / "rules")
    ends = date(first.year, 12, 31)
    rules = completed(text, season=str(year), starts=first, ends=ends)
    terms = Terms(
        title=f"{rules.name} {year}",
        title_ru=f"{rules.name_ru} {year}",
        organiser="",
        organiser_ru="",
        place="",
        place_ru="",
        prize="",
        prize_ru="",
        text="",
        text_ru="",
        categories=(Named("ambassador", "Ambassador Alumnus", "Выпускник-амбассадор"),),
        criteria=(
            Named("work", "Work with alumni", "Работа с выпускниками"),
            Named("growth", "Bringing people together", "Объединение людей"),
            Named("example", "An example for others", "Пример для других"),
        ),
        dates=dates,
    )
    return values(str(year), terms, text) | {"starts": first, "ends": ends}
