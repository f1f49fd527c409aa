"""The letter that says that somebody will be erased, and how to change one's mind."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from graphnet.people.leaving import Write
from graphnet.settings import Settings
from webapp.frame.i18n import day, in_tongue


def writer(settings: Settings) -> Write:
    """Return who writes the letter, with links as readers know the site."""

    def write(language: str, when: datetime) -> tuple[str, str]:
        with in_tongue(language):
            date = day(when)
            on = date.striptags() if isinstance(date, Markup) else date
            lines = [
                gettext(
                    "On %(day)s everything about you will be erased from the alumni network: "
                    "your page, your account, your studies, ties and answers. It cannot be "
                    "brought back.",
                    day=on,
                ),
                gettext("If you change your mind before then, or if it was not you who asked:"),
                f"{settings.site_url}{url_for('erasure.mine')}",
                gettext("This is the last letter about it: afterwards we no longer know you."),
                gettext("The alumni association"),
            ]
            return gettext("You will be erased on %(day)s", day=on), "\n\n".join(lines) + "\n"

    return write
