"""The forms of surveys: for staff their terms and questions; for everybody the survey itself."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from graphnet.events.choosing import Choices
from graphnet.store import Row
from graphnet.surveys.making import LONGEST_ABOUT, LONGEST_TITLE, Terms
from graphnet.surveys.questions import FEEDS, KINDS, LONGEST_TEXT, Choice, Question
from graphnet.surveys.recipients import CONSENTS, Audience
from webapp.features.surveys.words import CONSENT_WORDS, FEED_WORDS, KIND_WORDS
from webapp.frame.fields import WholeNumberField
from webapp.frame.i18n import in_language
from webapp.frame.words import NEEDED

YEARS = [Optional(), NumberRange(1900, 2100, lazy_gettext("A year, please: 1998 for example."))]
YEAR_INPUT = {"inputmode": "numeric", "autocomplete": "off"}
OFF = {"autocomplete": "off"}


class TermsForm(FlaskForm):  # type: ignore[misc]
    """What it is called and says, whom it is for, on what it rests, until when it is open."""

    title = StringField(
        lazy_gettext("Title in English"),
        validators=[InputRequired(NEEDED), Length(max=LONGEST_TITLE)],
        render_kw=OFF,
    )
    title_ru = StringField(
        lazy_gettext("Title in Russian"),
        validators=[InputRequired(NEEDED), Length(max=LONGEST_TITLE)],
        render_kw=OFF,
    )
    explanation = TextAreaField(
        lazy_gettext("What it is for, in English"),
        validators=[Optional(), Length(max=LONGEST_ABOUT)],
        render_kw={"rows": 3},
    )
    explanation_ru = TextAreaField(
        lazy_gettext("What it is for, in Russian"),
        validators=[Optional(), Length(max=LONGEST_ABOUT)],
        render_kw={"rows": 3},
    )
    unit = SelectField(lazy_gettext("Faculty"), validators=[Optional()])
    from_year = WholeNumberField(
        lazy_gettext("Intakes from"), validators=YEARS, render_kw=YEAR_INPUT
    )
    to_year = WholeNumberField(
        lazy_gettext("Intakes until"), validators=YEARS, render_kw=YEAR_INPUT
    )
    group = SelectField(lazy_gettext("Community"), validators=[Optional()])
    city = SelectField(lazy_gettext("City"), validators=[Optional()])
    consent = SelectField(
        lazy_gettext("It goes to"),
        choices=[SelectChoice(one, CONSENT_WORDS[one]) for one in CONSENTS],
    )
    closes_on = DateField(lazy_gettext("Last day to answer"), validators=[Optional()])
    version = HiddenField()

    def of(self, choices: Choices) -> "TermsForm":
        """Let one choose among what there is."""
        for field, rows in (
            (self.unit, choices.units),
            (self.group, choices.groups),
            (self.city, choices.cities),
        ):
            field.choices = [SelectChoice("", lazy_gettext("any")), *_chosen(rows)]
        return self

    def terms(self) -> Terms:
        """Return it as the engine takes it."""
        return Terms(
            self.title.data or "",
            self.title_ru.data or "",
            self.explanation.data or "",
            self.explanation_ru.data or "",
            Audience(
                self.unit.data or "",
                self.from_year.data,
                self.to_year.data,
                self.group.data or "",
                self.city.data or "",
            ),
            self.consent.data or "",
            self.closes_on.data,
        )


def _chosen(rows: Iterable[Row]) -> list[SelectChoice]:
    named = [(in_language(row["name"], row["name_ru"]), row["id"]) for row in rows]
    return [SelectChoice(id_, name) for name, id_ in sorted(named, key=lambda one: one[0].lower())]


class QuestionForm(FlaskForm):  # type: ignore[misc]
    """One question; its choices are read by `choices_of`, a row of fields each."""

    kind = SelectField(
        lazy_gettext("How it is answered"),
        choices=[SelectChoice(one, KIND_WORDS[one]) for one in KINDS],
    )
    text = StringField(
        lazy_gettext("Question in English"),
        validators=[InputRequired(NEEDED), Length(max=LONGEST_TEXT)],
        render_kw=OFF,
    )
    text_ru = StringField(
        lazy_gettext("Question in Russian"),
        validators=[InputRequired(NEEDED), Length(max=LONGEST_TEXT)],
        render_kw=OFF,
    )
    feeds = SelectField(
        lazy_gettext("What a choice may become on the page of who chose it"),
        description=lazy_gettext(
            "Only where they tick so after answering, and only choices with a topic."
        ),
        choices=[SelectChoice(one, FEED_WORDS[one]) for one in FEEDS],
    )

    def question(self, question_id: str, choices: tuple[Choice, ...]) -> Question:
        """Return it as the engine takes it."""
        return Question(
            question_id,
            self.kind.data or "",
            self.text.data or "",
            self.text_ru.data or "",
            choices,
            self.feeds.data or "",
        )


def choices_of(form: MultiDict[str, str]) -> tuple[Choice, ...]:
    """Return the choices that were typed, empty rows left out."""
    rows = zip(
        form.getlist("choice"), form.getlist("choice_ru"), form.getlist("topic"), strict=False
    )
    return tuple(Choice(*row) for row in rows if row[0].strip() or row[1].strip())


def answers_of(questions: Iterable[Question], form: MultiDict[str, str]) -> dict[str, Any]:
    """Return what somebody has chosen and written, as the engine takes it."""
    found: dict[str, Any] = {}
    for one in questions:
        given = form.getlist(f"q-{one.id}")
        if one.kind == "words":
            found[one.id] = " ".join(given)
        elif given:
            places = [int(text) if text.isdecimal() and len(text) < 3 else -1 for text in given]
            found[one.id] = places if one.kind == "many" else places[0]
    return found
