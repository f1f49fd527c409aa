"""The forms of staff: granting and ending a membership, a partner, an offer."""

from dataclasses import fields
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from graphnet.loyalty import partners, perks
from graphnet.loyalty.joining import LONGEST_NOTE
from graphnet.loyalty.perks import Content, Perk
from graphnet.loyalty.rules import LoyaltyRules
from graphnet.store import Row
from webapp.features.loyalty import words
from webapp.frame.fields import WholeNumberField
from webapp.frame.i18n import in_language
from webapp.frame.words import NEEDED


def _line(label: Any, *, most: int, needed: bool = False, **options: Any) -> StringField:
    begin = InputRequired(NEEDED) if needed else Optional()
    return StringField(label, validators=[begin, Length(max=most)], **options)


def _area(label: Any, *, most: int, rows: int = 4, **options: Any) -> TextAreaField:
    return TextAreaField(
        label, validators=[Optional(), Length(max=most)], render_kw={"rows": rows}, **options
    )


def _why(label: Any) -> TextAreaField:
    return TextAreaField(
        label,
        validators=[InputRequired(NEEDED), Length(min=3, max=LONGEST_NOTE)],
        render_kw={"rows": 2},
        description=lazy_gettext("The person reads it, and it stands in the record."),
    )


class GrantForm(FlaskForm):  # type: ignore[misc]
    """For how long, from when, and why."""

    years = RadioField(
        lazy_gettext("For how long"),
        choices=[
            SelectChoice("1", lazy_gettext("one year")),
            SelectChoice("2", lazy_gettext("two years")),
            SelectChoice("5", lazy_gettext("five years")),
            SelectChoice("0", lazy_gettext("for life")),
        ],
        default="1",
    )
    starts = DateField(
        lazy_gettext("First day"),
        validators=[Optional()],
        description=lazy_gettext("Empty: after what there is already, or today."),
    )
    note = _why(lazy_gettext("Why it is granted"))


class EndForm(FlaskForm):  # type: ignore[misc]
    """With what last day, and why."""

    day = DateField(
        lazy_gettext("Last day"),
        validators=[Optional()],
        description=lazy_gettext("Empty: it is over at once."),
    )
    why = _why(lazy_gettext("Why it is ended"))


class PartnerForm(FlaskForm):  # type: ignore[misc]
    """A partner, in both languages."""

    version = HiddenField()
    name_ru = _line(lazy_gettext("Name in Russian"), most=partners.LONGEST_NAME, needed=True)
    name = _line(lazy_gettext("Name in English"), most=partners.LONGEST_NAME)
    about_ru = _area(lazy_gettext("Who they are, in Russian"), most=partners.LONGEST_TEXT)
    # Not sent as `about`, which on other pages is an id of somebody.
    about = _area(
        lazy_gettext("Who they are, in English"), most=partners.LONGEST_TEXT, name="who_they_are"
    )
    url = _line(
        lazy_gettext("Their site"),
        most=partners.LONGEST_URL,
        description=lazy_gettext("Begins with https://"),
    )

    def content(self) -> partners.Content:
        """Return what was entered."""
        return partners.Content(
            **{one.name: _text(self[one.name].data) for one in fields(partners.Content)}
        )


def _text(data: str | None) -> str:
    return (data or "").replace("\r\n", "\n").strip()


class PerkForm(FlaskForm):  # type: ignore[misc]
    """An offer: what, for whom, how many, from when until when, on what terms."""

    version = HiddenField()
    kind = SelectField(lazy_gettext("Kind"), choices=[])
    title_ru = _line(lazy_gettext("Title in Russian"), most=perks.LONGEST_LINE, needed=True)
    title = _line(lazy_gettext("Title in English"), most=perks.LONGEST_LINE)
    terms_ru = _area(lazy_gettext("Terms in Russian"), most=perks.LONGEST_TEXT, rows=6)
    terms = _area(lazy_gettext("Terms in English"), most=perks.LONGEST_TEXT, rows=6)
    tier = SelectField(lazy_gettext("From which tier on"), choices=[])
    from_year = WholeNumberField(
        lazy_gettext("Intakes from the year"), validators=[Optional(), NumberRange(1900, 2100)]
    )
    to_year = WholeNumberField(
        lazy_gettext("Intakes up to the year"), validators=[Optional(), NumberRange(1900, 2100)]
    )
    unit = SelectField(lazy_gettext("Faculty"), choices=[])
    quantity = WholeNumberField(
        lazy_gettext("How many"),
        validators=[Optional(), NumberRange(1, perks.MOST)],
        description=lazy_gettext("Empty: as many as are asked for."),
    )
    opens_on = DateField(lazy_gettext("First day to take it"), validators=[Optional()])
    closes_on = DateField(lazy_gettext("Last day to take and to use it"), validators=[Optional()])
    hold_days = WholeNumberField(
        lazy_gettext("Days in which a code is to be used"),
        default=30,
        validators=[Optional(), NumberRange(1, perks.MOST_DAYS)],
        description=lazy_gettext("What is not used in time is there for others again."),
    )

    def offer(self, rules: LoyaltyRules, units: list[Row]) -> None:
        """Fill in what can be chosen."""
        self.kind.choices = [(kind, words.PERK_KINDS[kind]) for kind in perks.KINDS]
        self.tier.choices = [
            ("", gettext("all members")),
            *((name, words.tier_word(name, rules)) for name in rules.order[1:]),
        ]
        self.unit.choices = [
            ("", gettext("all")),
            *((row["id"], in_language(row["name"], row["name_ru"])) for row in units),
        ]

    def content(self) -> Content:
        """Return what was entered; `Content.check` says whether it can be so."""
        values: dict[str, Any] = {}
        for one in fields(Content):
            held = self[one.name].data
            if isinstance(held, str):
                held = _text(held)
            values[one.name] = one.default if held is None else held
        return Content(**values)


def perk_values(perk: Perk) -> dict[str, Any]:
    """Return what a form for that offer begins with."""
    return {one.name: getattr(perk.content, one.name) for one in fields(Content)} | {
        "version": perk.version
    }


def number(text: str | None) -> int:
    """Return the version that a form was read with; -1 if it is none."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1
