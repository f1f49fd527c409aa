"""/projects/report, /projects/ID/report: the year of all projects or of one, as page and PDF."""

from datetime import UTC, datetime

from flask import Response as FileResponse
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.money.amounts import CURRENCIES
from graphnet.money.open_books import Line
from graphnet.projects import reports
from graphnet.projects.reports import Account, YearOfAll, YearOfProject
from webapp.features.projects.papers import Paper, plain
from webapp.features.projects.picture import period_word, picture_of
from webapp.features.projects.routes import blueprint
from webapp.features.projects.words import expense_word, line_word
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import amount, day, in_language
from webapp.frame.respond import answer, whole_number
from webapp.frame.security import current_viewer

LINES = (0.17, 0.47, 0.18, 0.18)


def _year() -> int:
    today = datetime.now(UTC).date()
    return whole_number("year", today.year, low=1990, high=today.year)


def _of_project(project_id: str) -> YearOfProject:
    return reports.of_project(live(), current_viewer(purpose="projects"), project_id, _year())


def _of_all() -> YearOfAll:
    return reports.of_all(live(), current_viewer(purpose="projects"), _year())


@blueprint.get("/projects/<project_id>/report")
def year_of_project(project_id: str) -> Response:
    """A project's year."""
    found = _of_project(project_id)
    years = sorted({year for one in found.accounts for year in one.books.years} | {found.year})
    return answer(
        "projects/report.html",
        found=found,
        project=found.page.project,
        accounts=[one for one in found.accounts if told(one)] or list(found.accounts[:1]),
        years=[(str(year), str(year)) for year in reversed(years)],
        picture_of=picture_of,
        period_word=period_word,
        line_word=line_word,
    )


@blueprint.get("/projects/<project_id>/report.pdf")
def year_of_project_pdf(project_id: str) -> FileResponse:
    """The same as a tagged PDF."""
    found = _of_project(project_id)
    project = found.page.project
    title = in_language(project["name"], project["name_ru"])
    paper = _paper(gettext("%(title)s: the year %(year)s", title=title, year=found.year))
    if found.reached or found.news:
        paper.heading(gettext("What was done"))
        for row in found.reached:
            text = in_language(row["text"], row.get("text_ru") or row["text"])
            paper.paragraph(f"{plain(day(row['done_at']))}: {text}")
        for row in found.news:
            paper.paragraph(f"{plain(day(row['at']))}: {in_language(row['text'], row['text_ru'])}")
    for account in [one for one in found.accounts if told(one)] or found.accounts[:1]:
        _account(paper, account)
    paper.paragraph(
        gettext(
            "Every line stands in the open books, where anybody can add them up from the file. "
            "Gifts of people without a name stand together, never of fewer than three."
        ),
        quiet=True,
    )
    return _file(paper, f"project-{found.year}")


def told(one: Account) -> bool:
    """Whether there is anything to tell of an account."""
    return bool(one.books.lines or one.books.opening)


def _paper(title: str) -> Paper:
    settings = graphnet().settings
    return Paper(
        title, colour=settings.brand_colour, association=in_language(*settings.association)
    )


def _file(paper: Paper, name: str) -> FileResponse:
    return FileResponse(
        paper.finished(),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


def _account(paper: Paper, one: Account) -> None:
    books, currency = one.books, one.currency
    paper.heading(gettext("Money, %(currency)s", currency=currency))
    is_told = books.opening is not None
    paper.definitions(
        [
            (gettext("At the beginning"), amount(books.opening or 0, currency) if is_told else ""),
            (gettext("Came in"), amount(books.came, currency)),
            (gettext("Went out"), amount(books.went, currency)),
            (gettext("What is there"), amount(books.balance or 0, currency) if is_told else ""),
        ]
    )
    if not is_told:
        paper.paragraph(
            gettext(
                "Fewer than three people have given so far. Their sums are told together from the "
                "third on; what was spent is told at once."
            ),
            quiet=True,
        )
    drawn = picture_of(one.flow)
    if drawn is not None:
        paper.picture(drawn)
        paper.table(
            (gettext("Time"), gettext("Came in"), gettext("Went out"), gettext("What is there")),
            [
                (
                    period_word(period),
                    amount(period.came, currency),
                    amount(period.went, currency),
                    "" if period.left is None else amount(period.left, currency),
                )
                for period in one.flow
            ],
            (0.28, 0.24, 0.24, 0.24),
            numbers=3,
        )
    if books.lines:
        paper.table(
            (gettext("Date"), gettext("What for"), gettext("Came in"), gettext("Went out")),
            [
                (
                    plain(day(line.last)),
                    _line(line),
                    amount(line.came, currency) if line.came else "",
                    amount(line.went, currency) if line.went else "",
                )
                for line in books.lines
            ],
            LINES,
            foot=(
                "",
                gettext("Together"),
                amount(books.came, currency),
                amount(books.went, currency),
            ),
            numbers=2,
        )


def _line(line: Line) -> str:
    parts = [line_word(line.kind), line.party, expense_word(line.what), line.document]
    return ", ".join(part for part in parts if part)


@blueprint.get("/projects/report")
def year_of_all() -> Response:
    """The year of all projects."""
    found = _of_all()
    years = sorted({*found.years, found.year}, reverse=True)
    return answer(
        "projects/report_all.html",
        found=found,
        currencies=_by_currency(found),
        years=[(str(year), str(year)) for year in years],
    )


def _by_currency(found: YearOfAll) -> list[tuple[str, list[Account]]]:
    parted = [
        (currency, [one for one in found.accounts if one.currency == currency])
        for currency in CURRENCIES
    ]
    return [(currency, accounts) for currency, accounts in parted if accounts]


@blueprint.get("/projects/report.pdf")
def year_of_all_pdf() -> FileResponse:
    """The same as a tagged PDF."""
    found = _of_all()
    paper = _paper(gettext("Projects: the year %(year)s", year=found.year))
    head = (
        gettext("Project"),
        gettext("At the beginning"),
        gettext("Came in"),
        gettext("Went out"),
        gettext("Between projects"),
        gettext("What is there"),
    )
    for currency, accounts in _by_currency(found):
        paper.heading(gettext("Money, %(currency)s", currency=currency))
        total = found.totals.get(currency)
        foot = (
            ()
            if total is None
            else _sums(gettext("Together"), total.opening, total, currency, total.balance)
        )
        rows = [
            _sums(
                in_language(one.project["name"], one.project["name_ru"]),
                one.books.opening,
                one,
                currency,
                one.books.balance,
            )
            for one in accounts
        ]
        paper.table(head, rows, (0.25, 0.15, 0.15, 0.15, 0.15, 0.15), foot=foot, numbers=5)
    if not found.accounts:
        paper.paragraph(gettext("Nothing came and nothing went in this year."))
    paper.paragraph(_note(), quiet=True)
    return _file(paper, f"projects-{found.year}")


def _note() -> str:
    return str(
        gettext(
            "Sums of different currencies are not added up. A sum that is not told, because fewer "
            "than three people gave, is not in the total either."
        )
    )


def _sums(
    name: str,
    opening: int | None,
    one: Account | reports.Total,
    currency: str,
    balance: int | None,
) -> tuple[str, ...]:
    if opening is None or balance is None:
        return (name, "—", "—", amount(one.went, currency), "—", "—")
    every = (opening, one.came, one.went, one.moved, balance)
    return (name, *(amount(each, currency) for each in every))
