"""The form by which staff add news or a service."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length


class AddForm(FlaskForm):  # type: ignore[misc]
    """News of the university, or a service or perk, with its topics."""

    kind = SelectField(
        lazy_gettext("What it is"),
        choices=[
            SelectChoice("news", lazy_gettext("News of the university")),
            SelectChoice("service", lazy_gettext("Service or perk")),
        ],
    )
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
