"""Forms of signing in and of one's own account."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length

from webapp.frame.i18n import LANGUAGES
from webapp.frame.words import NEEDED


class SignInForm(FlaskForm):  # type: ignore[misc]
    """E-mail and password."""

    email = StringField(
        lazy_gettext("E-mail"),
        validators=[InputRequired(NEEDED), Length(max=254)],
        render_kw={"type": "email", "autocomplete": "username", "inputmode": "email"},
    )
    password = PasswordField(
        lazy_gettext("Password"),
        validators=[InputRequired(NEEDED)],
        render_kw={"autocomplete": "current-password"},
    )


class LetterForm(FlaskForm):  # type: ignore[misc]
    """Where a link may go."""

    email = StringField(
        lazy_gettext("E-mail"),
        validators=[InputRequired(NEEDED), Length(max=254)],
        render_kw={"type": "email", "autocomplete": "username", "inputmode": "email"},
    )


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code of an authenticator, or a recovery code."""

    code = StringField(
        lazy_gettext("Code"),
        description=lazy_gettext("Six digits from the app, or a recovery code."),
        validators=[InputRequired(NEEDED), Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"},
    )


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A password chosen by a one-time link."""

    password = PasswordField(
        lazy_gettext("New password"),
        description=lazy_gettext("At least 10 characters. No other rules."),
        validators=[InputRequired(NEEDED)],
        render_kw={"autocomplete": "new-password", "minlength": 10},
    )
    again = PasswordField(
        lazy_gettext("Repeat the password"),
        validators=[
            InputRequired(NEEDED),
            EqualTo("password", lazy_gettext("The two are not the same.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """A password changed by somebody who knows the present one."""

    old = PasswordField(
        lazy_gettext("Present password"),
        validators=[InputRequired(NEEDED)],
        render_kw={"autocomplete": "current-password"},
    )


class LanguageForm(FlaskForm):  # type: ignore[misc]
    """The language of the account."""

    language = SelectField(
        lazy_gettext("Language"),
        choices=[SelectChoice(code, label) for code, label in LANGUAGES.items()],
    )
