"""The form of a wish not to be found."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from webapp.frame.words import NEEDED


class DontLookForMeForm(FlaskForm):  # type: ignore[misc]
    """Enough to tell two people apart, and no more."""

    name = StringField(
        lazy_gettext("Your name, as it was when you studied"),
        validators=[InputRequired(NEEDED), Length(max=200)],
        render_kw={"autocomplete": "name"},
    )
    studies = TextAreaField(
        lazy_gettext("What and when you studied"),
        description=lazy_gettext("For example: radio engineering, group 3107, 1998 to 2003."),
        validators=[Optional(), Length(max=1000)],
        render_kw={"rows": 3},
    )
    contact = StringField(
        lazy_gettext("Where we may answer, if you want an answer"),
        description=lazy_gettext("An e-mail address or a telephone number; it is used only once."),
        validators=[Optional(), Length(max=200)],
    )
