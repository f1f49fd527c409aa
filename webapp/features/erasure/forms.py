"""The forms of asking to be erased."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from webapp.frame.words import NEEDED


class EraseMeForm(FlaskForm):  # type: ignore[misc]
    """The password again: a browser left open must not be enough."""

    password = PasswordField(
        lazy_gettext("Your password, once more"),
        validators=[InputRequired(NEEDED)],
        render_kw={"autocomplete": "current-password"},
    )


class EraseThemForm(FlaskForm):  # type: ignore[misc]
    """Who has asked for it, and how."""

    why = StringField(
        lazy_gettext("Who has asked for it, and how"),
        description=lazy_gettext("It stands in the audit trail: “by letter of 3 March”."),
        validators=[InputRequired(NEEDED), Length(max=200)],
    )
