"""The form of an invitation."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from graphnet.model import ROLES
from webapp.frame.words import NEEDED, role_word


class InviteForm(FlaskForm):  # type: ignore[misc]
    """Who is invited, and in which roles."""

    email = StringField(
        lazy_gettext("E-mail"),
        validators=[InputRequired(NEEDED), Length(max=254)],
        render_kw={"type": "email", "autocomplete": "off"},
    )
    given_name = StringField(
        lazy_gettext("Given name"), validators=[InputRequired(NEEDED), Length(max=100)]
    )
    family_name = StringField(
        lazy_gettext("Family name"), validators=[Optional(), Length(max=100)], default=""
    )
    roles = SelectMultipleField(
        lazy_gettext("Roles"),
        choices=lambda: [
            SelectChoice(role, role_word(role)) for role in ROLES if role != "alumnus"
        ],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
