"""The letter in words: the same for the preview and for the post."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup

from graphnet import notices
from graphnet.recommendations import Item
from graphnet.recommendations.digest import Wish
from graphnet.settings import Settings
from webapp.features.recommendations.shared import address
from webapp.features.recommendations.words import because, list_title, title
from webapp.frame.i18n import event_time, in_language, language
from webapp.frame.letters import called

SERIES = "digest"


def stop_address(settings: Settings, wish: Wish) -> str:
    """Return the address that ends these letters with one click."""
    return notices.stop_address(settings, SERIES, wish.person)


def subject_of(items: Sequence[Item]) -> str:
    """Return what stands above the letter."""
    more = len(items) - 1
    return str(
        ngettext(
            "For you: %(first)s and %(num)s more thing",
            "For you: %(first)s and %(num)s more things",
            more,
            first=title(items[0]),
        )
        if more
        else gettext("For you: %(first)s", first=title(items[0]))
    )


def text_of(settings: Settings, name: str, wish: Wish, items: Sequence[Item]) -> str:
    """Return the letter's text, lines as they are sent."""
    name = called(name, language())
    lines = [gettext("Hello, %(name)s!", name=name) if name else gettext("Hello!"), ""]
    last = ""
    for item in items:
        if item.list != last:
            last = item.list
            heading = list_title(item.list)
            lines += [heading, "-" * len(heading), ""]
        lines.append(title(item))
        if item.thing.begins is not None:
            moment = event_time(item.thing.begins, item.thing.row.get("time_zone"))
            lines.append(moment.striptags() if isinstance(moment, Markup) else moment)
        partner = item.thing.row.get("partner")
        if partner:
            lines.append(gettext("partner’s offer: %(name)s", name=partner))
        body = in_language(item.thing.row.get("text"), item.thing.row.get("text_ru"))
        if body and item.list == "news":
            lines.append(body)
        if why := because(item):
            lines.append(gettext("Why: %(reasons)s", reasons=why))
        path = address(item) or url_for("recommendations.whole", list_name=item.list)
        lines += [f"{settings.site_url}{path}", ""]
    lines += [
        "-- ",
        gettext("You get this letter once a week, because you asked for it.")
        if wish.frequency == "weekly"
        else gettext("You get this letter once a month, because you asked for it."),
        gettext("Change it: %(address)s", address=f"{settings.site_url}/me/digest"),
        gettext("End these letters: %(address)s", address=stop_address(settings, wish)),
        "",
    ]
    return "\n".join(str(line) for line in lines)
