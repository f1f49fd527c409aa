"""The forms of the journal: what was said and comes next; why somebody is hidden, or joined."""

from collections.abc import Iterable

from flask_babel import lazy_gettext, lazy_pgettext
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from graphnet.journal.writing import (
    KINDS,
    LONGEST,
    LONGEST_STEP,
    LONGEST_WHY,
    OUTCOMES,
    Said,
    today,
)
from graphnet.requests.colleagues import Colleague
from webapp.features.journal.words import OUTCOME_WORDS, WRITE_WORDS
from webapp.frame.words import NEEDED


# Under which field of the form it stands what is wrong with what was written.
class EntryForm(FlaskForm):  # type: ignore[misc]
    """One entry: of which kind, what was said, what comes next, by when, and whose it is."""

    kind = RadioField(
        lazy_gettext("What it was"),
        choices=[SelectChoice(one, WRITE_WORDS[one]) for one in KINDS],
        default="talk",
        validators=[InputRequired(NEEDED)],
    )
    outcome = SelectField(
        lazy_gettext("How the call ended"),
        description=lazy_gettext("Only for a call."),
        choices=[
            SelectChoice("", "—"),
            *(SelectChoice(one, OUTCOME_WORDS[one]) for one in OUTCOMES),
        ],
        validators=[Optional()],
    )
    text = TextAreaField(
        lazy_gettext("What was said"),
        description=lazy_gettext(
            "The person can ask for all that stands here: write what they may read."
        ),
        validators=[Optional(), Length(max=LONGEST)],
        render_kw={"rows": 4},
    )
    happened_on = DateField(lazy_gettext("On which day"), default=today, validators=[Optional()])
    next_step = StringField(
        lazy_gettext("What comes next"),
        validators=[Optional(), Length(max=LONGEST_STEP)],
        render_kw={"autocomplete": "off"},
    )
    due_on = DateField(lazy_gettext("By which day"), validators=[Optional()])
    owner = SelectField(lazy_gettext("Who does it"), validators=[Optional()])
    version = HiddenField()

    def of(self, colleagues: Iterable[Colleague], me: str) -> "EntryForm":
        """Let one choose among who works here, oneself first."""
        others = [SelectChoice(c.id, c.name or c.email) for c in colleagues if c.id != me]
        self.owner.choices = [
            SelectChoice(me, lazy_gettext("I do")),
            SelectChoice("", lazy_pgettext("owner", "nobody yet")),
            *others,
        ]
        return self

    def said(self) -> Said:
        """Return it as the engine takes it."""
        return Said(
            kind=self.kind.data or "",
            text=self.text.data or "",
            outcome=self.outcome.data or "",
            happened_on=self.happened_on.data,
            next_step=self.next_step.data or "",
            due_on=self.due_on.data,
            owner=self.owner.data or "",
        )


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Why an entry is withdrawn."""

    why = StringField(
        lazy_gettext("Why it is withdrawn"),
        validators=[InputRequired(NEEDED), Length(max=LONGEST_WHY)],
        render_kw={"autocomplete": "off"},
    )


class HideForm(FlaskForm):  # type: ignore[misc]
    """Who has asked for it."""

    why = StringField(
        lazy_gettext("Who has asked for it, and how"),
        description=lazy_gettext("It stands in the trail: “she herself, by telephone, 3 March”."),
        validators=[InputRequired(NEEDED), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
