"""The forms of communities: what one says of itself, a word that goes with asking, a post."""

from dataclasses import fields
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from graphnet.groups import membership, talk
from graphnet.groups.content import (
    AUDIENCES,
    ENTRIES,
    LONGEST_NAME,
    LONGEST_TEXT,
    Content,
    parted,
)
from graphnet.model import GROUP_KINDS
from graphnet.store import Row
from webapp.features.groups.words import AUDIENCE_WORDS, ENTRY_WORDS, FIELD_WORDS, KIND_WORDS
from webapp.frame.i18n import in_language


def _line(name: str, *, most: int, **options: Any) -> StringField:
    return StringField(FIELD_WORDS[name], validators=[Optional(), Length(max=most)], **options)


def _area(name: str, *, rows: int, **options: Any) -> TextAreaField:
    return TextAreaField(
        FIELD_WORDS[name],
        validators=[Optional(), Length(max=LONGEST_TEXT)],
        render_kw={"rows": rows},
        **options,
    )


class GroupForm(FlaskForm):  # type: ignore[misc]
    """A community, as its organisers enter it."""

    version = HiddenField()
    name = _line("name", most=LONGEST_NAME)
    name_ru = _line("name_ru", most=LONGEST_NAME)
    kind = SelectField(FIELD_WORDS["kind"], choices=[])
    description = _area("description", rows=5)
    description_ru = _area("description_ru", rows=5)
    entry = SelectField(FIELD_WORDS["entry"], choices=[])
    audience = SelectField(FIELD_WORDS["audience"], choices=[])
    topics = SelectMultipleField(FIELD_WORDS["topics"], validators=[Optional()], choices=[])
    chat_url = _line(
        "chat_url",
        most=1000,
        description=lazy_gettext("If you have a chat already: its link. Only members see it."),
    )
    links = _area(
        "links",
        rows=4,
        description=lazy_gettext(
            "One a line, the name and then the address: Photographs https://… Only members see "
            "them."
        ),
    )

    def offer(self, topics: list[Row]) -> None:
        """Fill in what can be chosen."""
        self.kind.choices = [(one, KIND_WORDS[one]) for one in GROUP_KINDS]
        self.entry.choices = [(one, ENTRY_WORDS[one]) for one in ENTRIES]
        self.audience.choices = [(one, AUDIENCE_WORDS[one]) for one in AUDIENCES]
        self.topics.choices = [
            (row["id"], in_language(row["name"], row["name_ru"])) for row in topics
        ]

    def content(self) -> Content:
        """Return what was entered; `Content.check` says whether it can be so."""
        values: dict[str, Any] = {}
        for one in fields(Content):
            held = self[one.name].data
            if one.name == "topics":
                held = tuple(sorted(held or ()))
            elif one.name == "links":
                lines = (held or "").replace("\r\n", "\n").split("\n")
                held = tuple(parted(line.strip()) for line in lines if line.strip())
            else:
                held = (held or "").replace("\r\n", "\n").strip()
            values[one.name] = held
        return Content(**values)


def values(content: Content) -> dict[str, Any]:
    """Return what a form for that content begins with."""
    found = {one.name: getattr(content, one.name) for one in fields(Content)}
    found["links"] = "\n".join(" ".join(link) for link in content.links)
    found["topics"] = list(content.topics)
    return found


class WordForm(FlaskForm):  # type: ignore[misc]
    """A word that goes with asking to become a member."""

    text = TextAreaField(
        lazy_gettext("A word to its organisers"),
        description=lazy_gettext("Who you are and why you would like to join; may be empty."),
        validators=[Optional(), Length(max=membership.LONGEST)],
        render_kw={"rows": 3, "maxlength": membership.LONGEST},
    )


class PostForm(FlaskForm):  # type: ignore[misc]
    """Something to say to the others."""

    form = HiddenField()
    to = HiddenField()
    text = TextAreaField(
        lazy_gettext("Say something to the members"),
        validators=[Optional(), Length(max=talk.LONGEST)],
        render_kw={"rows": 3, "maxlength": talk.LONGEST},
    )
