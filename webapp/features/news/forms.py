"""The form of a piece of news."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from graphnet.news.reading import Piece
from graphnet.news.writing import LONGEST_LINK, LONGEST_TEXT, LONGEST_TITLE, Words
from webapp.frame.context import graphnet
from webapp.frame.i18n import language
from webapp.frame.words import NEEDED

TITLES = (Optional(), Length(max=LONGEST_TITLE))
TEXTS = (Optional(), Length(max=LONGEST_TEXT))


class NewsForm(FlaskForm):  # type: ignore[misc]
    """A piece as staff write it: one language is enough."""

    version = HiddenField()
    kind = RadioField(
        lazy_gettext("What it is"),
        choices=[
            SelectChoice("news", lazy_gettext("News of the university or the Association")),
            SelectChoice("achievement", lazy_gettext("An alumnus’s achievement")),
        ],
        default="news",
    )
    title_ru = StringField(lazy_gettext("Title in Russian"), TITLES)
    text_ru = TextAreaField(lazy_gettext("Text in Russian"), TEXTS, render_kw={"rows": 6})
    title = StringField(lazy_gettext("Title in English"), TITLES)
    text = TextAreaField(lazy_gettext("Text in English"), TEXTS, render_kw={"rows": 6})
    link = StringField(
        lazy_gettext("Where it leads on"),
        [Optional(), Length(max=LONGEST_LINK)],
        description=lazy_gettext(
            "A page of this site, like /contest, or another site’s address with https: a button "
            "below the text."
        ),
    )
    topics = SelectMultipleField(
        lazy_gettext("Topics"),
        [InputRequired(NEEDED)],
        description=lazy_gettext("By these it finds its readers. Several: with Ctrl."),
    )
    visibility = RadioField(
        lazy_gettext("Who reads it"),
        choices=[
            SelectChoice("members", lazy_gettext("members")),
            SelectChoice("public", lazy_gettext("everybody, also on the front page")),
        ],
        default="members",
    )
    at = DateTimeLocalField(
        lazy_gettext("From when"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[Optional()],
        description=lazy_gettext("Empty: as soon as it is published."),
    )

    def words(self) -> Words:
        """Return what was written."""
        at: datetime | None = self.at.data
        zone = ZoneInfo(graphnet().settings.time_zone)
        return Words(
            title=self.title.data or "",
            title_ru=self.title_ru.data or "",
            text=self.text.data or "",
            text_ru=self.text_ru.data or "",
            topics=tuple(self.topics.data or ()),
            kind=self.kind.data,
            link=self.link.data or "",
            visibility=self.visibility.data,
            at=at.replace(tzinfo=zone).astimezone(UTC) if at else None,
        )

    def fields(self) -> list[object]:
        """Return the fields in the order of the page: the reader's language first."""
        first, second = (self.title_ru, self.text_ru), (self.title, self.text)
        if language() != "ru":
            first, second = second, first
        return [self.kind, *first, *second, self.link, self.topics, self.visibility, self.at]


def values(piece: Piece) -> dict[str, object]:
    """Return what the form of a piece begins with; a text in one language stands there once."""
    zone = ZoneInfo(graphnet().settings.time_zone)
    one_language = piece.title[0] == piece.title[1]
    return {
        "version": piece.version,
        "kind": piece.kind,
        "title": "" if one_language else piece.title[0],
        "text": "" if one_language else piece.text[0],
        "title_ru": piece.title[1],
        "text_ru": piece.text[1],
        "link": piece.link,
        "topics": [topic["id"] for topic in piece.topics],
        "visibility": piece.visibility,
        "at": piece.at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0),
    }
