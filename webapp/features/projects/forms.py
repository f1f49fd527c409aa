"""The forms of a project: what it says of itself, and what a treasurer enters."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from graphnet.errors import BadValue
from graphnet.money import amounts, journal
from graphnet.money.amounts import CURRENCIES
from graphnet.projects.content import LONGEST_LINE, LONGEST_TEXT, MOST_GOAL, Content
from graphnet.projects.editing import Choices
from graphnet.projects.treasury import Given
from webapp.features.projects.words import kind_words, origin_words
from webapp.frame.fields import WholeNumberField
from webapp.frame.i18n import in_language
from webapp.frame.words import NEEDED

_CURRENCIES = [SelectChoice(one, one) for one in CURRENCIES]


def _line(label: Any, *, most: int = LONGEST_LINE, **options: Any) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=most)], **options)


def _area(label: Any, *, rows: int = 6, most: int = LONGEST_TEXT, **options: Any) -> TextAreaField:
    return TextAreaField(
        label, validators=[Optional(), Length(max=most)], render_kw={"rows": rows}, **options
    )


class ProjectForm(FlaskForm):  # type: ignore[misc]
    """A project, as its makers enter it."""

    version = HiddenField()
    name_ru = _line(lazy_gettext("Name in Russian"))
    name = _line(lazy_gettext("Name in English"))
    description_ru = _area(lazy_gettext("What it is about, in Russian"))
    description = _area(lazy_gettext("What it is about, in English"))
    kind = SelectField(lazy_gettext("Kind"), choices=[])
    origin = SelectField(lazy_gettext("Whose project it is"), choices=[])
    group = SelectField(lazy_gettext("Community that runs it"), validators=[Optional()], choices=[])
    goal = WholeNumberField(
        lazy_gettext("How much money it needs"),
        validators=[Optional(), NumberRange(1, MOST_GOAL)],
        description=lazy_gettext("Empty: it asks for no money."),
    )
    currency = SelectField(lazy_gettext("Currency"), choices=_CURRENCIES, default="RUB")
    audience = SelectField(lazy_gettext("Who reads of it"), choices=[])
    topics = SelectMultipleField(lazy_gettext("Topics"), validators=[Optional()], choices=[])

    def offer(self, may: Choices) -> None:
        """Fill in what can be chosen; what the project has already stays choosable."""
        held = self.group.data or ""
        groups = [(row["id"], in_language(row["name"], row["name_ru"])) for row in may.groups]
        if held and held not in dict(groups):
            groups.append((held, gettext("as it is now")))
        self.group.choices = [("", gettext("none")), *groups]
        self.topics.choices = [
            (row["id"], in_language(row["name"], row["name_ru"])) for row in may.topics
        ]
        kinds, kind = kind_words(), self.kind.data or ""
        self.kind.choices = [*kinds.items(), *([] if kind in kinds or not kind else [(kind, kind)])]
        self.origin.choices = list(origin_words().items())
        self.audience.choices = [
            ("members", gettext("all alumni")), ("public", gettext("everybody")),
        ]  # fmt: skip

    def content(self) -> Content:
        """Return what was entered; `Content.check` says whether it can be so."""
        values: dict[str, Any] = {}
        for one in fields(Content):
            held = self[one.name].data
            if one.name == "topics":
                held = tuple(sorted(held or ()))
            elif isinstance(held, str):
                held = held.replace("\r\n", "\n").strip()
            elif held is None and one.name != "goal":
                held = one.default
            values[one.name] = held
        return Content(**values)


def values(content: Content) -> dict[str, Any]:
    """Return what a form for that content begins with."""
    found = {one.name: getattr(content, one.name) for one in fields(Content)}
    found["topics"] = list(content.topics)
    return found


class MoneyForm(FlaskForm):  # type: ignore[misc]
    """A gift, an expense, or a sum for another project."""

    entry = HiddenField()
    amount = StringField(
        lazy_gettext("Sum"), validators=[InputRequired(NEEDED), Length(max=30)],
        render_kw={"inputmode": "decimal"},
    )  # fmt: skip
    currency = SelectField(lazy_gettext("Currency"), choices=_CURRENCIES)
    happened_on = DateField(
        lazy_gettext("On which day"), validators=[InputRequired(NEEDED)],
        default=lambda: datetime.now(UTC).date(),
    )  # fmt: skip
    what = _area(
        lazy_gettext("What for"), rows=2, most=journal.LONGEST_TEXT,
        description=lazy_gettext(
            "Everybody reads it: no names of people. English / Russian, if you write both."
        ),
    )  # fmt: skip
    document = _line(
        lazy_gettext("Document"),
        description=lazy_gettext("Contract, invoice or payment order, with number and day."),
    )
    reference = _line(
        lazy_gettext("Reference of the bank"),
        description=lazy_gettext("By which its statement knows it."),
    )
    party = _line(lazy_gettext("Name"))
    party_shown = BooleanField(lazy_gettext("The name may stand in the open books"))
    fee = StringField(
        lazy_gettext("Of this the bank kept"), validators=[Optional(), Length(max=30)],
        description=lazy_gettext("It is entered as an expense together with the gift."),
        render_kw={"inputmode": "decimal"},
    )  # fmt: skip
    approved = BooleanField(
        lazy_gettext("Approved, not paid yet: hold the money back until it is"),
    )
    other = SelectField(lazy_gettext("To which project"), validators=[Optional()], choices=[])

    def given(self, kind: str, person: int | None) -> Given:
        """Return what was entered.

        Raises
        ------
        BadValue
        """

        def text(name: str) -> str:
            return (self[name].data or "").replace("\r\n", "\n").strip()

        try:
            fee = amounts.read(text("fee")) if kind == "gift" and text("fee") else 0
        except BadValue as problem:
            raise BadValue(
                f"a fee is a sum like 15.50: {problem}", code="range", field="fee"
            ) from problem
        return Given(
            text("entry"),
            kind,
            amounts.read(text("amount")),
            text("currency"),
            self.happened_on.data,
            what=text("what"),
            document=text("document"),
            party="" if person is not None else text("party"),
            party_shown=bool(self.party_shown.data),
            person=person,
            reference=text("reference"),
            fee=fee,
            approved=kind == "expense" and bool(self.approved.data),
            other=text("other") if kind == "moved" else "",
        )
