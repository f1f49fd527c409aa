"""The forms of staff who correct a person: what, and how they know it."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from graphnet.records.corrections import LONGEST_TOLD, SOURCES, Told
from webapp.features.people import forms
from webapp.features.people.words import SOURCE_WORDS
from webapp.frame.fields import WholeNumberField
from webapp.frame.words import NEEDED


class ToldForm(FlaskForm):  # type: ignore[misc]
    """How staff know; it stands in the person's history and in the letter to them."""

    source = SelectField(
        lazy_gettext("How you know"),
        choices=[SelectChoice(one, SOURCE_WORDS[one]) for one in SOURCES],
    )
    told_by = StringField(
        lazy_gettext("From whom, or which paper"),
        description=lazy_gettext("The person reads this: “from herself, 3 March”."),
        validators=[InputRequired(NEEDED), Length(max=LONGEST_TOLD)],
        render_kw={"autocomplete": "off"},
    )

    def told(self) -> Told:
        """Return it as the engine takes it."""
        return Told(self.source.data or "", self.told_by.data or "")


class TheirNamesForm(ToldForm, forms.NamesForm):
    """Their names."""


class TheirCityForm(ToldForm, forms.CityForm):
    """Where they live."""


class TheirWorkForm(ToldForm, forms.WorkForm):
    """Where they work."""


class TheirContactForm(ToldForm, forms.ContactForm):
    """An address or a number of theirs."""


class TheirGroupForm(ToldForm, forms.GroupStudyForm):
    """The study group in which they were."""


class TheirUnitForm(ToldForm, forms.UnitStudyForm):
    """The faculty from which their diploma is."""


DATE = {"inputmode": "numeric", "autocomplete": "off"}


class DeathForm(ToldForm):
    """When somebody has died, as far as it is known, and who has said so."""

    day = WholeNumberField(lazy_gettext("Day"), render_kw=DATE)
    month = WholeNumberField(lazy_gettext("Month"), render_kw=DATE)
    year = WholeNumberField(
        lazy_gettext("Year"),
        description=lazy_gettext("Leave empty what is not known."),
        render_kw=DATE,
    )
    memorial = BooleanField(
        lazy_gettext("The family asks for a page of memory with the name"),
    )
