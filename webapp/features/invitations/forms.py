"""Forms: a newcomer's claim, a groupmate who is missing, staff's decision."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from webapp.frame.fields import WholeNumberField, a_name
from webapp.frame.words import NEEDED

YEAR = [Optional(), NumberRange(1930, 2100, lazy_gettext("A year, please: 1998 for example."))]
YEAR_INPUT = {"inputmode": "numeric", "autocomplete": "off"}


class JoinForm(FlaskForm):  # type: ignore[misc]
    """Who opened a group's link says who they are, in their own words."""

    name = StringField(
        lazy_gettext("Your name"),
        description=lazy_gettext("As you write it yourself: any alphabet, any spelling."),
        validators=[InputRequired(NEEDED), Length(max=120), a_name],
        render_kw={"autocomplete": "name"},
    )
    former = StringField(
        lazy_gettext("Former family name"),
        description=lazy_gettext("If you had another one when you studied."),
        validators=[Optional(), Length(max=120), a_name],
        render_kw={"autocomplete": "off"},
    )
    email = StringField(
        lazy_gettext("E-mail"),
        description=lazy_gettext(
            "The link to your page comes to it. Best is one that we may know."
        ),
        validators=[Optional(), Length(max=254)],
        render_kw={"type": "email", "autocomplete": "email", "inputmode": "email"},
    )
    from_year = WholeNumberField(
        lazy_gettext("In the group from (year)"), validators=YEAR, render_kw=YEAR_INPUT
    )
    to_year = WholeNumberField(lazy_gettext("until (year)"), validators=YEAR, render_kw=YEAR_INPUT)
    referrer = StringField(
        lazy_gettext("Who invited you"),
        description=lazy_gettext("If you name them, it counts as their help."),
        validators=[Optional(), Length(max=120), a_name],
        render_kw={"autocomplete": "off"},
    )


class MissingForm(FlaskForm):  # type: ignore[misc]
    """A groupmate who is missing, as somebody remembers them."""

    name = StringField(
        lazy_gettext("Their name"),
        description=lazy_gettext("As you remember it."),
        validators=[InputRequired(NEEDED), Length(max=120), a_name],
        render_kw={"autocomplete": "off"},
    )
    from_year = WholeNumberField(
        lazy_gettext("In the group from (year)"), validators=YEAR, render_kw=YEAR_INPUT
    )
    to_year = WholeNumberField(lazy_gettext("until (year)"), validators=YEAR, render_kw=YEAR_INPUT)
    note = TextAreaField(
        lazy_gettext("How you know"),
        description=lazy_gettext(
            "For example: we did our diploma together. Please no address or telephone number."
        ),
        validators=[Optional(), Length(max=500)],
        render_kw={"rows": 3},
    )


class RecordForm(FlaskForm):  # type: ignore[misc]
    """Somebody whom staff put on file, and by what right."""

    given = StringField(
        lazy_gettext("Given name"), validators=[InputRequired(NEEDED), Length(max=80)]
    )
    patronymic = StringField(lazy_gettext("Patronymic"), validators=[Optional(), Length(max=80)])
    family = StringField(
        lazy_gettext("Family name"), validators=[InputRequired(NEEDED), Length(max=80)]
    )
    ground = StringField(
        lazy_gettext("Lawful ground for holding this person"),
        description=lazy_gettext(
            "For example: their own request; the university’s list of the intake."
        ),
        validators=[InputRequired(NEEDED), Length(max=300)],
    )
