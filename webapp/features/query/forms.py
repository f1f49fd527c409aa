"""The form of a query."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from graphnet.projection.guard import LONGEST
from webapp.frame.words import NEEDED


class QueryForm(FlaskForm):  # type: ignore[misc]
    """What is asked, and what for."""

    purpose = StringField(
        lazy_gettext("What you ask it for"),
        description=lazy_gettext("It stands on the audit trail, with the query."),
        validators=[InputRequired(NEEDED), Length(max=200)],
        render_kw={"autocomplete": "on"},
    )
    query = TextAreaField(
        lazy_gettext("Query in Cypher"),
        validators=[InputRequired(NEEDED), Length(max=LONGEST)],
        render_kw={"rows": 7, "spellcheck": "false", "autocapitalize": "off", "class": "query"},
    )
