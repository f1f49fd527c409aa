"""What stands in the report for the rector, in the reader's language: for the page and the PDF."""

from dataclasses import dataclass
from datetime import date

import babel
import babel.dates
import babel.numbers
from flask_babel import get_locale, gettext

from graphnet.ledger.rule_files import MODES
from graphnet.statistics.association import Cell
from graphnet.statistics.report import Next, Report, Share
from webapp.frame.i18n import in_language, number
from webapp.frame.workbook import Shown

ABSENT = "—"  # a number that is not shown


@dataclass(frozen=True)
class Bar:
    """One bar of a picture: its parts from the bottom up, None where a number is not shown."""

    label: str
    parts: tuple[int | None, ...]


@dataclass(frozen=True)
class Chart:
    """Upright bars; `told` says the same in words, `legend` what the parts are."""

    told: str
    bars: tuple[Bar, ...]
    legend: tuple[str, ...] = ()

    @property
    def highest(self) -> int:
        """The height of the highest bar."""
        return max((sum(part or 0 for part in bar.parts) for bar in self.bars), default=0)


@dataclass(frozen=True)
class Table:
    """Numbers; the first cell of each row says what the row is."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it; two that are not `wide` stand side by side."""

    name: str
    heading: str
    table: Table
    chart: Chart | None = None
    note: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Page:
    """All of it, in the order in which it is read."""

    title: str
    lead: str
    figures: tuple[tuple[str, str, str], ...]
    sections: tuple[Section, ...]
    next_heading: str
    next: tuple[str, ...]
    foot: str


def page_of(report: Report, association: str) -> Page:
    """Put the report into words."""
    return Page(
        title=gettext("The alumni base on one page"),
        lead=gettext("%(association)s, %(day)s", association=association, day=_day(report.day)),
        figures=_figures(report.people),
        sections=(
            _decades(report.decades),
            _faculties(report.faculties, report.faculties_left_out),
            _growth(report.growth),
            _freshness(report.freshness),
            _engagement(report.engagement),
            _response(report.response),
        ),
        next_heading=gettext("What to do next"),
        next=tuple(_sentence(one) for one in report.next)
        or (gettext("Too little is shown to say where to begin."),),
        foot=gettext(
            "A dash stands for a number that is not shown: a count under five could point at "
            "somebody, and some larger ones would give it away. Nobody is counted who is hidden, "
            "in quarantine, has died or does not want to be shown. Lost: neither registered nor "
            "with a contact that works."
        ),
    )


def _day(value: date) -> str:
    return str(babel.dates.format_date(value, "d MMMM y", locale=get_locale() or "en"))


def _n(value: int | None) -> Shown:
    return Shown(ABSENT if value is None else number(value), value)


def _of(value: int | None, whole: int | None) -> Shown:
    if value is None or not whole:
        return Shown(ABSENT, None, share=True)
    return Shown(_share(value / whole), value / whole, share=True)


def _share(share: float) -> str:
    """Write a share in per cent, with a decimal where it is small."""
    locale = get_locale() or "en"
    pattern = babel.numbers.parse_pattern(babel.Locale.parse(locale).percent_formats[None].pattern)
    digits = (1, 1) if 0 < share < 0.1 else (0, 0)
    pattern.frac_prec = digits
    return str(pattern.apply(share, locale))


def _figures(people: Cell) -> tuple[tuple[str, str, str], ...]:
    return (
        (_n(people.n), gettext("people on file"), ""),
        (_n(people.registered), gettext("registered"), _of(people.registered, people.n)),
        (
            _n(people.reachable),
            gettext("not registered, can be reached"),
            _of(people.reachable, people.n),
        ),
        (_n(people.lost), gettext("lost: no contact"), _of(people.lost, people.n)),
    )


def _states() -> tuple[str, ...]:
    return gettext("Registered"), gettext("Can be reached"), gettext("Lost")


def _parts(cell: Cell) -> tuple[int | None, ...]:
    return cell.registered, cell.reachable, cell.lost


def _decades(cells: list[Cell]) -> Section:
    labels = [in_language(cell.label, cell.label_ru) for cell in cells]
    rows = [
        (gettext("People"), *(_n(cell.n) for cell in cells)),
        *(
            (state, *(_n(_parts(cell)[place]) for cell in cells))
            for place, state in enumerate(_states())
        ),
        (gettext("Lost, share"), *(_of(cell.lost, cell.n) for cell in cells)),
    ]
    told = gettext("Bars: for each decade, how many are registered, can be reached, are lost.")
    return Section(
        "decades",
        gettext("By decade of intake"),
        Table((gettext("Decade"), *labels), tuple(rows)),
        Chart(
            told,
            tuple(Bar(x, _parts(cell)) for x, cell in zip(labels, cells, strict=True)),
            _states(),
        ),
        wide=True,
    )


def _faculties(cells: list[Cell], left_out: int) -> Section:
    head = (gettext("Faculty"), gettext("People"), *_states(), gettext("Lost, share"))
    rows = tuple(
        (
            in_language(cell.label, cell.label_ru),
            _n(cell.n),
            *map(_n, _parts(cell)),
            _of(cell.lost, cell.n),
        )
        for cell in cells
    )
    note = (
        gettext("The largest; %(n)s more stand in the statistics.", n=number(left_out))
        if left_out
        else ""
    )
    return Section("faculties", gettext("By faculty"), Table(head, rows), note=note, wide=True)


def _growth(years: list[tuple[int, int | None]]) -> Section:
    labels = [
        str(year) if place else gettext("to %(year)s", year=year)
        for place, (year, _) in enumerate(years)
    ]
    shown = tuple(Bar(x, (n,)) for x, (_, n) in zip(labels, years, strict=True))
    return Section(
        "growth",
        gettext("New registrations"),
        Table((gettext("Year"), *labels), ((gettext("Registered"), *(_n(n) for _, n in years)),)),
        Chart(gettext("Bars: how many registered in each year."), shown[1:]),
    )


def _freshness(shares: list[Share]) -> Section:
    words = {
        "year": gettext("in the last year"),
        "three": gettext("one to three years ago"),
        "older": gettext("longer ago"),
        "never": gettext("never"),
    }
    rows = tuple((words[s.of], _n(s.n), _of(s.n, s.whole)) for s in shares)
    return Section(
        "freshness",
        gettext("Last heard from"),
        Table((gettext("Those who can be reached"), gettext("People"), gettext("Share")), rows),
    )


def mode_word(mode: str) -> str:
    """Return one of CASE's four modes of engagement, as the contributions call it."""
    words = {
        "volunteer": gettext("helping"),
        "experiential": gettext("taking part"),
        "philanthropic": gettext("giving"),
        "communication": gettext("spreading the word"),
    }
    return str(words[mode])


def _engagement(shares: list[Share]) -> Section:
    words = {mode: mode_word(mode) for mode in MODES}
    words |= {"any": gettext("any of these"), "several": gettext("two or more of these")}
    rows = tuple((words[s.of], _n(s.n), _of(s.n, s.whole)) for s in shares)
    return Section(
        "engagement",
        gettext("Engaged in the last twelve months"),
        Table((gettext("How"), gettext("People"), gettext("Share")), rows),
        note=gettext("Of those who can be written to. The four modes are those of CASE."),
    )


def _way(kind: str) -> str:
    words = {
        "recovery": gettext("letters in search of the lost"),
        "survey": gettext("surveys"),
        "event": gettext("letters about an event"),
        "passing": gettext("requests to pass something on"),
        "reunion": gettext("invitations to reunions"),
    }
    return str(words[kind])


def _response(shares: list[Share]) -> Section:
    rows = tuple((_way(s.of), _n(s.whole), _n(s.n), _of(s.n, s.whole)) for s in shares)
    return Section(
        "response",
        gettext("Who answers when asked"),
        Table(
            (gettext("Last twelve months"), gettext("Asked"), gettext("Answered"),
             gettext("Share")),
            rows,
        ),
        note="" if rows else gettext("Nobody was asked anything, or too few to be shown."),
    )  # fmt: skip


def _sentence(one: Next) -> str:
    n, whole = number(one.n), number(one.whole)
    share = _share(one.n / one.whole) if one.whole else ""
    if one.what == "decade":
        text = gettext(
            "Look first for those who began in the %(decade)ss: %(n)s of %(whole)s are lost. "
            "Their groupmates who are registered can be asked.",
            decade=one.label[:4], n=n, whole=whole,
        )  # fmt: skip
    elif one.what == "faculty":
        text = gettext(
            "%(name)s has lost the largest share of its people, %(share)s: it can help with "
            "its own lists and with those who taught them.",
            name=in_language(one.label, one.label_ru), share=share,
        )  # fmt: skip
    elif one.what == "register":
        text = gettext(
            "Write to those who can be reached and have not registered: %(n)s people. Nothing "
            "brings more for less.",
            n=n,
        )
    elif one.what == "refresh":
        text = gettext(
            "Of %(whole)s who can be reached, %(n)s have not been heard from for three years: "
            "ask them to confirm their contact before it is lost.",
            n=n, whole=whole,
        )  # fmt: skip
    elif one.what == "mode":
        text = gettext(
            "Of the four ways to be engaged the least used is “%(mode)s”, %(n)s people in a "
            "year: offer more of it.",
            mode=mode_word(one.label), n=n,
        )  # fmt: skip
    else:
        text = gettext(
            "People answer best to %(way)s: %(share)s did. Ask in this way first.",
            way=_way(one.label), share=share,
        )  # fmt: skip
    return str(text)
