"""The contest's letters, in both languages: who has not registered has chosen none."""

from collections.abc import Callable, Collection

from flask_babel import gettext

from graphnet.contest.seasons import Season
from graphnet.contest.terms import Terms
from graphnet.mail import Letter
from webapp.features.contest.words import term_word
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_tongue


def nomination_letter(season: Season) -> Letter:
    """The letter to the nominee."""

    def say(language: str) -> Letter:
        title = season.terms.title_ru if language == "ru" else season.terms.title
        return Letter(
            gettext("You are nominated: %(title)s", title=title),
            gettext(
                "A member of our community has nominated you: %(title)s.\n\n"
                "Nothing but this invitation is kept until you accept. To accept or decline, "
                "sign in or register with this address and open\n%(address)s\n\n"
                "Nominations close on %(day)s. If you do not answer, the invitation is removed "
                "then, and nothing is held against you.",
                title=title,
                address=f"{graphnet().settings.site_url}/contest/mine",
                day=f"{season.terms.dates.entry_until:%d.%m.%Y}",
            ),
        )

    return _in_both(say)


def terms_letter(season: Season, terms: Terms, changed: Collection[str]) -> Letter:
    """The letter to each candidate on what was changed in the terms."""

    def say(language: str) -> Letter:
        title = terms.title_ru if language == "ru" else terms.title
        site = graphnet().settings.site_url
        return Letter(
            gettext("The terms have changed: %(title)s", title=title),
            gettext(
                "You stand as a candidate: %(title)s.\n\n"
                "A new version of the terms is in force. Changed: %(changed)s.\n\n"
                "All versions, with what was changed in each:\n%(address)s\n\n"
                "If you do not want to stand under the new terms, you can withdraw at any "
                "time; nothing is held against you:\n%(mine)s",
                title=title,
                changed="; ".join(term_word(name) for name in changed),
                address=f"{site}/contest/{season.season}",
                mine=f"{site}/contest/mine",
            ),
        )

    return _in_both(say)


def _in_both(say: Callable[[str], Letter]) -> Letter:
    """Put a letter's two halves one under the other, under the first one's subject."""
    halves = []
    for language in ("ru", "en"):
        with in_tongue(language):
            halves.append(say(language))
    return Letter(halves[0].subject, "\n\n--\n\n".join(half.text for half in halves))
