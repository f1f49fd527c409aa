"""Forms of coming in: who I am, where I am written to."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from graphnet.onboarding.finding import YEARS
from webapp.frame.fields import WholeNumberField, a_name
from webapp.frame.words import NEEDED


class FindForm(FlaskForm):  # type: ignore[misc]
    """Who I am, in my own words: enough to find my group."""

    name = StringField(
        lazy_gettext("Your name"),
        description=lazy_gettext("Given and family name, in any alphabet."),
        validators=[InputRequired(NEEDED), Length(max=120), a_name],
        render_kw={"autocomplete": "name"},
    )
    former = StringField(
        lazy_gettext("Former family name"),
        description=lazy_gettext("If you had another one when you studied."),
        validators=[Optional(), Length(max=120), a_name],
        render_kw={"autocomplete": "off"},
    )
    place = StringField(
        lazy_gettext("Group or faculty"),
        description=lazy_gettext("For example: 3107, or Faculty of Optics."),
        validators=[InputRequired(NEEDED), Length(max=120)],
        render_kw={"autocomplete": "off"},
    )
    year = WholeNumberField(
        lazy_gettext("A year when you were there"),
        validators=[
            InputRequired(NEEDED),
            NumberRange(*YEARS, lazy_gettext("A year, please: 1998 for example.")),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class AddressForm(FlaskForm):  # type: ignore[misc]
    """Where I am written to, and what proves that it is me."""

    email = StringField(
        lazy_gettext("Your e-mail"),
        validators=[InputRequired(NEEDED), Length(max=254)],
        render_kw={"type": "email", "autocomplete": "email", "inputmode": "email"},
    )
    diploma = StringField(
        lazy_gettext("Number of your diploma"),
        description=lazy_gettext(
            "If you have it at hand: it may save you from waiting for your groupmates’ word."
        ),
        validators=[Optional(), Length(max=60)],
        render_kw={"autocomplete": "off"},
    )
