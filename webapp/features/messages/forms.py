"""The forms of writing: a message, a new group, a report."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from graphnet.messages import posting
from graphnet.model import new_id
from webapp.frame.words import NEEDED

TOO_LONG = lazy_gettext("At most 3,000 characters: say the rest in a second message.")


class MessageForm(FlaskForm):  # type: ignore[misc]
    """One message; `once` makes of a form that is sent twice one message."""

    once = HiddenField(default=new_id)
    text = TextAreaField(
        lazy_gettext("Your message"),
        validators=[InputRequired(NEEDED), Length(max=posting.LONGEST, message=TOO_LONG)],
        render_kw={"rows": 3, "data-draft": "yes"},
    )


class GroupForm(MessageForm):
    """A conversation of several people; whom, the page offers."""

    title = StringField(
        lazy_gettext("What it is about"),
        description=lazy_gettext("Everybody who takes part sees this name of the conversation."),
        validators=[InputRequired(NEEDED), Length(max=posting.LONGEST_TITLE)],
        render_kw={"maxlength": posting.LONGEST_TITLE},
    )
