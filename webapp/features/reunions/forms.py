"""The form with which a graduate asks for a reunion, and the one that makes its event."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from graphnet.events.content import LONGEST_TEXT, MOST_GUESTS, MOST_SEATS
from graphnet.reunions.applying import LONGEST_ABOUT, LONGEST_TITLE, LONGEST_WISHES, Wish
from graphnet.reunions.becoming import Wanted
from graphnet.store import Row
from webapp.features.reunions.words import group_words, ways
from webapp.frame.fields import WholeNumberField
from webapp.frame.words import NEEDED


class ApplyForm(FlaskForm):  # type: ignore[misc]
    """For whom, about when, with what wishes."""

    groups = SelectMultipleField(
        lazy_gettext("Who is to meet"),
        choices=[],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
        validators=[InputRequired(lazy_gettext("Choose at least one group."))],
    )
    about = StringField(
        lazy_gettext("About when"),
        description=lazy_gettext("“A Saturday in May”, “for the 25 years in 2028”."),
        validators=[InputRequired(NEEDED), Length(max=LONGEST_ABOUT)],
        render_kw={"autocomplete": "off"},
    )
    title = StringField(
        lazy_gettext("What it is called"),
        description=lazy_gettext("Empty: it is called by the group."),
        validators=[Optional(), Length(max=LONGEST_TITLE)],
        render_kw={"autocomplete": "off"},
    )
    wishes = TextAreaField(
        lazy_gettext("What you wish, and what we should know"),
        description=lazy_gettext("A room, a tour of the laboratories, a teacher to invite."),
        validators=[Optional(), Length(max=LONGEST_WISHES)],
        render_kw={"rows": 5},
    )
    named = BooleanField(
        lazy_gettext("My name may stand in the invitations to my groupmates"),
        validators=[
            InputRequired(
                lazy_gettext("An invitation says who invites: without your name it cannot go.")
            )
        ],
    )

    def offer(self, rows: list[Row]) -> None:
        """Fill in for whom one may ask."""
        kinds = {
            "mine": gettext("my group"),
            "parallel": gettext("another group of my intake"),
            "cohort": gettext("everybody who began with me"),
        }
        self.choose(rows, kinds)

    def choose(self, rows: list[Row], kinds: dict[str, str]) -> None:
        """Let one choose among groups and intakes, each with what it is to who asks."""
        self.groups.choices = [
            (row["id"], f"{_first(group_words(row))} — {kinds[row['kind']]}") for row in rows
        ]

    def wish(self) -> Wish:
        """Return what was asked for."""
        return Wish(
            tuple(self.groups.data or ()),
            (self.title.data or "").strip(),
            (self.about.data or "").strip(),
            self.wishes.data or "",
        )


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


class ApplyForForm(ApplyForm):
    """The same, asked for by staff for somebody who telephoned."""

    how = SelectField(lazy_gettext("How they have asked"), validators=[InputRequired(NEEDED)])
    named = BooleanField(
        lazy_gettext("They agree that their name stands in the invitations to their groupmates"),
        validators=[
            InputRequired(
                lazy_gettext("An invitation says who invites: without their name it cannot go.")
            )
        ],
    )

    def offer(self, rows: list[Row]) -> None:
        """Fill in for whom they may ask, and how they can have asked."""
        kinds = {
            "mine": gettext("their group"),
            "parallel": gettext("another group of their intake"),
            "cohort": gettext("everybody who began with them"),
        }
        self.choose(rows, kinds)
        self.how.choices = ways()
        self.wishes.label.text = gettext("What they wish, and what colleagues should know")


def _line(label: Any, **options: Any) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=300)], **options)


class MakeEventForm(FlaskForm):  # type: ignore[misc]
    """The event of a reunion: day, place and groups are known."""

    title_ru = _line(lazy_gettext("Title in Russian"))
    title = _line(lazy_gettext("Title in English"))
    description_ru = TextAreaField(
        lazy_gettext("What will be, in Russian"),
        validators=[Optional(), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 3},
    )
    description = TextAreaField(
        lazy_gettext("What will be, in English"),
        validators=[Optional(), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 3},
    )
    hours = WholeNumberField(
        lazy_gettext("How many hours"), default=4, validators=[Optional(), NumberRange(1, 168)]
    )
    capacity = WholeNumberField(
        lazy_gettext("Seats"),
        description=lazy_gettext("Empty: as many as come."),
        validators=[Optional(), NumberRange(1, MOST_SEATS)],
    )
    guests = WholeNumberField(
        lazy_gettext("Guests whom one may bring"),
        default=0,
        validators=[Optional(), NumberRange(0, MOST_GUESTS)],
    )
    price = _line(lazy_gettext("What each pays"))

    def wanted(self) -> Wanted:
        """Return what was entered."""
        return Wanted(
            title=self.title.data or "",
            title_ru=self.title_ru.data or "",
            description=self.description.data or "",
            description_ru=self.description_ru.data or "",
            hours=self.hours.data or 4,
            capacity=self.capacity.data,
            guests=self.guests.data or 0,
            price=self.price.data or "",
        )
