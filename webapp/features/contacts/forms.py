"""The forms of asking somebody, and of reporting somebody."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from graphnet.connections import asking, reports
from webapp.frame.words import NEEDED


class AskForm(FlaskForm):  # type: ignore[misc]
    """A word that goes with the asking."""

    text = TextAreaField(
        lazy_gettext("A word from you"),
        description=lazy_gettext("Where you know each other from, at most 300 characters."),
        validators=[Optional(), Length(max=asking.LONGEST)],
        render_kw={"rows": 3, "maxlength": asking.LONGEST},
    )


class ReportForm(FlaskForm):  # type: ignore[misc]
    """What is wrong."""

    why = TextAreaField(
        lazy_gettext("What is wrong?"),
        description=lazy_gettext("Staff of the Association read this and answer you."),
        validators=[InputRequired(NEEDED), Length(max=reports.LONGEST)],
        render_kw={"rows": 3, "maxlength": reports.LONGEST},
    )
