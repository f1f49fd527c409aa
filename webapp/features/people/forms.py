"""The forms of a person's record: few fields at once, each section with who sees it."""

from typing import Any

from flask_babel import lazy_gettext, lazy_pgettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from graphnet.model import STUDY_LEVELS
from graphnet.privacy import AUDIENCES
from graphnet.records.fields import LONGEST_ABOUT, LONGEST_NAME
from webapp.features.people.words import AUDIENCE_WORDS, LEVEL_WORDS
from webapp.frame.fields import WholeNumberField
from webapp.frame.words import NEEDED

YEAR = [Optional(), NumberRange(1900, 2100, lazy_gettext("A year, please: 1998 for example."))]
YEAR_INPUT = {"inputmode": "numeric", "autocomplete": "off"}
NAME = [Optional(), Length(max=LONGEST_NAME)]


class AudienceForm(FlaskForm):  # type: ignore[misc]
    """Who sees this section."""

    audience = SelectField(
        lazy_gettext("Who sees this"),
        choices=[SelectChoice(one, AUDIENCE_WORDS[one]) for one in AUDIENCES],
        validators=[Optional()],
    )


class NamesForm(AudienceForm):
    """What somebody is called, now and before, in both alphabets."""

    family_name = StringField(
        lazy_gettext("Family name"), validators=NAME, render_kw={"autocomplete": "family-name"}
    )
    given_name = StringField(
        lazy_gettext("First name"), validators=NAME, render_kw={"autocomplete": "given-name"}
    )
    patronymic = StringField(
        lazy_gettext("Patronymic"), validators=NAME, render_kw={"autocomplete": "additional-name"}
    )
    former_names = StringField(
        lazy_gettext("Former family names"),
        description=lazy_gettext("Separated by commas. Those who knew you by them find you."),
        validators=[Optional(), Length(max=400)],
        render_kw={"autocomplete": "off"},
    )
    latin_name = StringField(
        lazy_gettext("Name in the other alphabet"),
        description=lazy_gettext("As in your passport: Anna Ivanova."),
        validators=NAME,
        render_kw={"autocomplete": "off"},
    )
    gender = SelectField(
        lazy_gettext("Form of address"),
        choices=[
            SelectChoice("", lazy_gettext("not said")),
            SelectChoice("f", lazy_pgettext("form of address", "she")),
            SelectChoice("m", lazy_pgettext("form of address", "he")),
        ],
        validators=[Optional()],
    )
    misspelt = BooleanField(
        lazy_gettext("The family name was only misspelt: do not keep it as a former one")
    )

    def names(self) -> dict[str, Any]:
        """Return what was given, as the engine takes it."""
        given = {
            name: getattr(self, name).data or ""
            for name in ("family_name", "given_name", "patronymic", "latin_name", "gender")
        }
        return given | {"former_names": (self.former_names.data or "").split(",")}


class AboutForm(AudienceForm):
    """What somebody says of themselves."""

    about = TextAreaField(
        lazy_gettext("What you do, what you would like to be asked about"),
        validators=[Optional(), Length(max=LONGEST_ABOUT)],
        render_kw={"rows": 5},
    )


class CityForm(AudienceForm):
    """Where somebody lives."""

    city = StringField(
        lazy_gettext("City where you live"),
        description=lazy_gettext("Begin to write, and choose from the list. Empty: not said."),
        validators=[Optional(), Length(max=100)],
        render_kw={"list": "cities", "autocomplete": "off"},
    )


class LanguagesForm(AudienceForm):
    """What somebody speaks."""

    languages = SelectMultipleField(
        lazy_gettext("Languages that you speak"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class WorkForm(AudienceForm):
    """One place of work."""

    employer = StringField(
        lazy_gettext("Where"),
        validators=[InputRequired(NEEDED), Length(max=120)],
        render_kw={"autocomplete": "organization"},
    )
    role = StringField(
        lazy_gettext("As what"),
        validators=[Optional(), Length(max=120)],
        render_kw={"autocomplete": "organization-title"},
    )
    from_year = WholeNumberField(lazy_gettext("From (year)"), validators=YEAR, render_kw=YEAR_INPUT)
    to_year = WholeNumberField(lazy_gettext("Until (year)"), validators=YEAR, render_kw=YEAR_INPUT)
    now_there = BooleanField(
        lazy_gettext("I work here now"),
        description=lazy_gettext("Your other places then count as earlier ones."),
    )
    instead_of = HiddenField()


class GroupStudyForm(FlaskForm):  # type: ignore[misc]
    """A study group, of those that had the code."""

    group_id = RadioField(
        lazy_gettext("Which of them"), validators=[InputRequired(NEEDED)], choices=[]
    )
    from_year = WholeNumberField(
        lazy_gettext("In the group from (year)"), validators=YEAR, render_kw=YEAR_INPUT
    )
    to_year = WholeNumberField(lazy_gettext("Until (year)"), validators=YEAR, render_kw=YEAR_INPUT)


class UnitStudyForm(FlaskForm):  # type: ignore[misc]
    """A faculty with the year of the diploma."""

    unit_id = SelectField(lazy_gettext("Faculty"), choices=[])
    year = WholeNumberField(
        lazy_gettext("Year of the diploma"),
        validators=[InputRequired(NEEDED), *YEAR[1:]],
        render_kw=YEAR_INPUT,
    )
    level = SelectField(
        lazy_gettext("Degree"),
        choices=[
            SelectChoice("", lazy_gettext("not said")),
            *(SelectChoice(one, LEVEL_WORDS[one]) for one in STUDY_LEVELS),
        ],
        validators=[Optional()],
    )
    programme = StringField(lazy_gettext("Programme"), validators=[Optional(), Length(max=120)])


class ContactForm(FlaskForm):  # type: ignore[misc]
    """An address or a telephone number: one field, for whichever it is."""

    contact = StringField(
        lazy_gettext("E-mail address or telephone number"),
        description=lazy_gettext(
            "A letter with a button goes to a new address: it counts once you have pressed it."
        ),
        validators=[InputRequired(NEEDED), Length(max=254)],
        render_kw={"autocomplete": "off"},
    )


class PhotoForm(AudienceForm):
    """A photo."""

    photo = FileField(
        lazy_gettext("A photo from your computer or phone"),
        description=lazy_gettext(
            "JPEG, PNG or WebP, up to 12 megabytes. It is cut to a square; "
            "where and with what it was taken is removed."
        ),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
