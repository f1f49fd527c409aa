"""The form by which staff add a service."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length


class AddForm(FlaskForm):  # type: ignore[misc]
    """A service or perk with its topics."""

    title = StringField(lazy_gettext("Title"), [InputRequired(), Length(max=200)])
    title_ru = StringField(lazy_gettext("Title in Russian"), [Length(max=200)])
    text = TextAreaField(lazy_gettext("Text"), [InputRequired(), Length(max=5000)])
    text_ru = TextAreaField(lazy_gettext("Text in Russian"), [Length(max=5000)])
    partner = StringField(
        lazy_gettext("Partner"),
        [Length(max=200)],
        description=lazy_gettext(
            "Only for a partner’s service: it is marked, and shown to those who agreed."
        ),
    )
    topics = SelectMultipleField(
        lazy_gettext("Topics"),
        [InputRequired()],
        description=lazy_gettext("By these it finds its readers."),
    )
