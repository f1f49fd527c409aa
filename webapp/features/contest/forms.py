"""The form of a season: the announcement in both languages, its days, its rule file."""

from dataclasses import fields
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from graphnet.contest.terms import Dates, Named, Terms
from webapp.frame.fields import WholeNumberField
from webapp.frame.words import NEEDED

TEXTS = ("title", "organiser", "place", "prize", "text")


def _line(label: Any, **options: Any) -> StringField:
    return StringField(label, validators=[InputRequired(NEEDED), Length(max=300)], **options)


def _area(label: Any, *, rows: int = 4, most: int = 4000, **options: Any) -> TextAreaField:
    return TextAreaField(
        label, validators=[InputRequired(NEEDED), Length(max=most)], render_kw={"rows": rows},
        **options,
    )  # fmt: skip


def _day(label: Any) -> DateField:
    return DateField(label, validators=[InputRequired(NEEDED)])


class SeasonForm(FlaskForm):  # type: ignore[misc]
    """A draft, or the terms of an announced season; its name and days are said here and once."""

    seen = HiddenField()  # the state that was looked at; see `graphnet.contest.announcing.mark`
    season = _line(
        lazy_gettext("Season"), description=lazy_gettext("It stands in addresses, like 2026.")
    )
    title = _line(lazy_gettext("Title in English"))
    title_ru = _line(lazy_gettext("Title in Russian"))
    organiser = _line(lazy_gettext("Organiser in English"))
    organiser_ru = _line(lazy_gettext("Organiser in Russian"))
    place = _line(lazy_gettext("Place in English"))
    place_ru = _line(lazy_gettext("Place in Russian"))
    prize = _area(lazy_gettext("Prize in English"), rows=2)
    prize_ru = _area(lazy_gettext("Prize in Russian"), rows=2)
    text = _area(lazy_gettext("Terms in English: who can enter, and how"))
    text_ru = _area(lazy_gettext("Terms in Russian: who can enter, and how"))
    categories = _area(
        lazy_gettext("Award categories"),
        rows=3,
        description=lazy_gettext(
            "One a line: key | English name | Russian name | number of awards."
        ),
    )
    criteria = _area(
        lazy_gettext("Criteria of the jury, each scored from 1 to 10"),
        rows=4,
        description=lazy_gettext("One a line: key | English name | Russian name."),
    )
    jurors = WholeNumberField(
        lazy_gettext("Jurors a candidate"),
        default=3,
        validators=[InputRequired(NEEDED), NumberRange(3, 15)],
    )
    entry_from = _day(lazy_gettext("First day of nominations"))
    entry_until = _day(lazy_gettext("Last day of nominations"))
    check_until = _day(lazy_gettext("Last day of the eligibility check"))
    jury_until = _day(lazy_gettext("Last day of the jury"))
    vote_until = _day(lazy_gettext("Last day of the members’ vote"))
    appeal_until = _day(lazy_gettext("Last day of appeals"))
    archive_on = _day(lazy_gettext("Day on which the season goes to the archive"))
    time_zone = _line(lazy_gettext("Time zone"), default="Europe/Moscow")
    event = SelectField(
        lazy_gettext("The event of the Alumni Week at which the awards are given"),
        validators=[Optional()],
        choices=[],
    )
    starts = _day(lazy_gettext("First day whose acts count"))
    ends = _day(lazy_gettext("Last day whose acts count"))
    rules = _area(
        lazy_gettext("Rule file of the season (TOML): points, caps, eligibility, the weights"),
        rows=16,
        most=40_000,
    )

    def terms(self) -> Terms:
        """Return what was entered; `Terms.check` says whether it can be played."""
        return Terms(
            **{name: (self[name].data or "").strip() for name in TEXTS},
            **{f"{name}_ru": (self[f"{name}_ru"].data or "").strip() for name in TEXTS},
            categories=lines(self.categories.data or "", counted=True),
            criteria=lines(self.criteria.data or ""),
            dates=Dates(**{day.name: self[day.name].data for day in fields(Dates)}),
            time_zone=(self.time_zone.data or "").strip(),
            jurors=self.jurors.data or 0,
            event=self.event.data or "",
        )


def lines(text: str, *, counted: bool = False) -> tuple[Named, ...]:
    """Return what the lines name; a line that cannot be read has no name, which `check` refuses."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split("|")]
        key, name, name_ru = (*parts, "", "", "")[:3]
        winners = 1
        if counted and len(parts) > 3:
            winners = int(parts[3]) if parts[3].isdecimal() else 0
        found.append(Named(key, name, name_ru, winners))
    return tuple(found)


def as_lines(things: tuple[Named, ...], *, counted: bool = False) -> str:
    """Return things as the lines of the form."""
    return "\n".join(
        " | ".join([one.key, one.name, one.name_ru, *([str(one.winners)] if counted else [])])
        for one in things
    )


def values(season: str, terms: Terms, rules: str) -> dict[str, Any]:
    """Return what a form for these terms begins with."""
    days: dict[str, date] = {day.name: getattr(terms.dates, day.name) for day in fields(Dates)}
    texts = {name: getattr(terms, name) for base in TEXTS for name in (base, f"{base}_ru")}
    return {
        **texts, **days, "season": season, "rules": rules, "jurors": terms.jurors,
        "time_zone": terms.time_zone, "event": terms.event,
        "categories": as_lines(terms.categories, counted=True),
        "criteria": as_lines(terms.criteria),
    }  # fmt: skip
