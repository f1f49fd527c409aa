"""The form of an event: both languages, times of its own zone, seats, for whom it is."""

from dataclasses import fields
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from graphnet.events.choosing import Choices
from graphnet.events.content import (
    LONGEST_LINE,
    LONGEST_OFFER,
    LONGEST_TEXT,
    MOST_GUESTS,
    MOST_SEATS,
    Content,
)
from webapp.features.events.words import audiences, kind_words, scales
from webapp.frame.fields import WholeNumberField
from webapp.frame.i18n import in_language
from webapp.frame.words import NEEDED

# What clubs and staff of one university live by; any other zone is typed.
ZONES = (
    "Europe/Moscow", "Europe/Kaliningrad", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
    "Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok",
    "Asia/Almaty", "Asia/Tbilisi", "Asia/Yerevan", "Asia/Tashkent", "Europe/Berlin",
    "Europe/London", "Europe/Belgrade", "Asia/Jerusalem", "Asia/Dubai", "Asia/Shanghai",
    "America/New_York", "America/Los_Angeles", "UTC",
)  # fmt: skip


def _line(label: Any, *, most: int = LONGEST_LINE, **options: Any) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=most)], **options)


def _area(label: Any, *, rows: int = 4, **options: Any) -> TextAreaField:
    return TextAreaField(
        label,
        validators=[Optional(), Length(max=LONGEST_TEXT)],
        render_kw={"rows": rows},
        **options,
    )


def _time(label: Any, *, needed: bool = False, **options: Any) -> DateTimeLocalField:
    return DateTimeLocalField(
        label,
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[InputRequired(NEEDED) if needed else Optional()],
        **options,
    )


class EventForm(FlaskForm):  # type: ignore[misc]
    """An event, as its makers enter it."""

    version = HiddenField()
    title = _line(lazy_gettext("Title in English"))
    title_ru = _line(lazy_gettext("Title in Russian"))
    description = _area(lazy_gettext("What it is about, in English"), rows=6)
    description_ru = _area(lazy_gettext("What it is about, in Russian"), rows=6)
    kind = SelectField(lazy_gettext("Kind"), validators=[Optional()], choices=[])
    starts = _time(lazy_gettext("Begins"), needed=True)
    ends = _time(lazy_gettext("Ends"), description=lazy_gettext("May be on another day."))
    time_zone = SelectField(
        lazy_gettext("Time zone"),
        choices=[],
        description=lazy_gettext("Of the place: the times above are read on a clock there."),
    )
    venue = _line(lazy_gettext("Place in English"))
    venue_ru = _line(
        lazy_gettext("Place in Russian"),
        description=lazy_gettext("Building, street, how to get in."),
    )
    city = SelectField(lazy_gettext("City"), validators=[Optional()], choices=[])
    map_url = _line(lazy_gettext("Link to a map"), most=1000)
    online_url = _line(
        lazy_gettext("Link to take part online"),
        most=1000,
        description=lazy_gettext("Only those who are registered see it."),
    )
    scale = SelectField(lazy_gettext("Scale"), choices=[])
    group = SelectField(
        lazy_gettext("Community that holds it"), validators=[Optional()], choices=[]
    )
    unit = SelectField(lazy_gettext("Unit that holds it"), validators=[Optional()], choices=[])
    outside_url = _line(
        lazy_gettext("Registration elsewhere"),
        most=1000,
        description=lazy_gettext("If one registers on another site, its address."),
    )
    price = _line(
        lazy_gettext("Price"),
        description=lazy_gettext("Shown as you write it; it is paid elsewhere."),
    )
    capacity = WholeNumberField(
        lazy_gettext("Seats"),
        validators=[Optional(), NumberRange(1, MOST_SEATS)],
        description=lazy_gettext("Empty: as many as come."),
    )
    reserve = WholeNumberField(
        lazy_gettext("Of these kept back for the organisers"),
        validators=[Optional(), NumberRange(0, MOST_SEATS)],
        description=lazy_gettext("Given up later, they go to the waiting list."),
    )
    guests = WholeNumberField(
        lazy_gettext("Guests whom one may bring"),
        validators=[Optional(), NumberRange(0, MOST_GUESTS)],
    )
    whole_only = BooleanField(
        lazy_gettext(
            "Keep the order: if who is next needs more seats than there are, wait for them"
        )
    )
    offer_hours = WholeNumberField(
        lazy_gettext("Hours to take a seat that has become free"),
        default=48,
        validators=[Optional(), NumberRange(1, LONGEST_OFFER)],
        description=lazy_gettext("48 hours are two days. After that it goes to the next."),
    )
    opens = _time(lazy_gettext("Registration from"))
    closes = _time(lazy_gettext("Registration until"))
    questions = _area(
        lazy_gettext("Questions to those who register"),
        description=lazy_gettext("One a line; a line that ends with * must be answered."),
    )
    audience = SelectField(lazy_gettext("For whom"), choices=[])
    invites_year = WholeNumberField(
        lazy_gettext("Year of intake, or of the group’s code"),
        validators=[Optional(), NumberRange(1900, 2100)],
    )
    invites_code = _line(lazy_gettext("Code of the study group"))
    topics = SelectMultipleField(lazy_gettext("Topics"), validators=[Optional()], choices=[])
    materials = _area(
        lazy_gettext("Afterwards: recordings, slides, photographs"),
        description=lazy_gettext("Text and links; shown once it is over."),
    )

    def offer(self, choices: Choices, *, zone: str, own_only: bool) -> None:
        """Fill in what can be chosen; organisers choose one of their communities."""
        nothing = ("", gettext("none"))

        def named(rows: Any) -> list[tuple[str, str]]:
            return [(row["id"], in_language(row["name"], row["name_ru"])) for row in rows]

        self.group.choices = [*([] if own_only else [nothing]), *named(choices.groups)]
        self.unit.choices = [nothing, *named(choices.units)]
        self.city.choices = [nothing, *named(choices.cities)]
        self.topics.choices = named(choices.topics)
        self.time_zone.choices = [(one, one) for one in dict.fromkeys((zone, *ZONES)) if one]
        self.scale.choices = list(scales().items())
        # That of a reunion is kept where it is so, and chosen nowhere.
        kept = self.audience.data == "reunion"
        self.audience.choices = [one for one in audiences().items() if kept or one[0] != "reunion"]
        kinds = kind_words()
        held = self.kind.data or ""
        self.kind.choices = [*kinds.items(), *([] if held in kinds or not held else [(held, held)])]

    def content(self) -> Content:
        """Return what was entered; `Content.check` says whether it can be so."""
        values: dict[str, Any] = {}
        for one in fields(Content):
            held = self[one.name].data
            if one.name == "questions":
                held = tuple(line.strip() for line in (held or "").splitlines() if line.strip())
            elif one.name == "topics":
                held = tuple(sorted(held or ()))
            elif isinstance(held, str):
                held = held.replace("\r\n", "\n").strip()
            elif held is None and one.name in ("reserve", "guests"):
                held = 0
            elif held is None and one.name == "offer_hours":
                held = 48
            values[one.name] = held if held is not None or one.default is None else one.default
        return Content(**values)


def values(content: Content) -> dict[str, Any]:
    """Return what a form for that content begins with."""
    found = {one.name: getattr(content, one.name) for one in fields(Content)}
    found["questions"] = "\n".join(content.questions)
    found["topics"] = list(content.topics)
    return found
