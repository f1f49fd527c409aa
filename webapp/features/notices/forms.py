"""The form of how often one is told by mail."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from webapp.frame.words import NEEDED

WORDS = {
    "at_once": lazy_gettext("at once, one letter a conversation until you have looked"),
    "daily": lazy_gettext("once a day, all together, if anything is new"),
    "never": lazy_gettext("never: I look for myself"),
}


class NoticesForm(FlaskForm):  # type: ignore[misc]
    """At once, once a day, or never."""

    choice = RadioField(
        lazy_gettext("When somebody has written to you or asks to be your contact"),
        choices=[SelectChoice(value, words) for value, words in WORDS.items()],
        validators=[InputRequired(NEEDED)],
    )
