"""Words of the loyalty programme: tiers, kinds, why something is not to be had, what badges say."""

from datetime import date
from fractions import Fraction
from typing import Any

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext, pgettext

from graphnet.errors import BadValue, Conflict
from graphnet.loyalty.badges import Badge, Earned
from graphnet.loyalty.credentials import Words
from graphnet.loyalty.perks import Perk
from graphnet.loyalty.rules import LoyaltyRules
from graphnet.loyalty.ways import Way
from webapp.frame.i18n import in_language, in_tongue
from webapp.frame.reasons import Reasons

PERK_KINDS: dict[str, Any] = {
    "discount": lazy_gettext("Discount"),
    "laboratory": lazy_gettext("Hours in a laboratory"),
    "contacts": lazy_gettext("Contacts and introductions"),
    "course": lazy_gettext("Course"),
    "event": lazy_gettext("Seats at an event"),
}
PERK_STATES: dict[str, tuple[Any, str, str]] = {
    "draft": (lazy_gettext("draft"), "dashed", "quiet"),
    "coming": (lazy_gettext("not yet"), "ring", "quiet"),
    "open": (lazy_gettext("to be had"), "full", "good"),
    "full": (lazy_gettext("all given out"), "half", "warn"),
    "over": (lazy_gettext("over"), "square", "quiet"),
    "ended": (lazy_gettext("ended"), "square", "quiet"),
}


def tier_word(tier: str, rules: LoyaltyRules) -> str:
    """Return a tier as the rules call it."""
    found = rules.tiers.get(tier)
    return tier if found is None else in_language(found.en, found.ru)


def kind_word(kind: str, rules: LoyaltyRules) -> str:
    """Return a kind of the ledger as the rules call it."""
    found = rules.kinds.get(kind)
    return kind if found is None else in_language(found.en, found.ru)


def points_word(points: Fraction) -> str:
    """Return points as people say them: whole ones without a fraction."""
    value = float(points)
    if value.is_integer():
        return str(ngettext("%(num)s point", "%(num)s points", int(value)))
    return str(gettext("%(number)s points", number=f"{value:.2f}".rstrip("0").replace(".", ",")
                       if _russian() else f"{value:.2f}".rstrip("0")))  # fmt: skip


def _russian() -> bool:
    return in_language("en", "ru") == "ru"


def share_word(share: Fraction) -> str:
    """Return what of an act counts, in words."""
    words = {
        Fraction(1): gettext("whole"),
        Fraction(1, 2): gettext("half"),
        Fraction(1, 4): gettext("a quarter"),
    }
    return str(words.get(share, gettext("%(percent)s%%", percent=round(float(share) * 100))))


def way_words(way: Way) -> tuple[str, str]:
    """Return what to do, as a link's text, and its address."""
    title = in_language(*way.titles)
    if way.kind == "attended":
        words = (
            gettext("You are coming to “%(title)s”: be there", title=title)
            if way.mine
            else gettext("Come to “%(title)s”", title=title)
        )
        return str(words), url_for("events.event", event_id=way.thing)
    if way.kind == "relay_passed_on":
        words = ngettext(
            "A message waits to be passed on by you",
            "%(num)s messages wait to be passed on by you",
            way.count,
        )
        return str(words), url_for("home.home")
    if way.kind == "helped":
        words = ngettext(
            "Answer a question about what you offer",
            "Answer one of %(num)s questions about what you offer",
            way.count,
        )
        return str(words), url_for("recommendations.whole", list_name="requests")
    if way.kind == "gift":
        return (
            str(gettext("Support the project “%(title)s”, with any sum", title=title)),
            url_for("projects.project", project_id=way.thing),
        )
    words = (
        gettext("Mentor somebody: you have offered to, answer who asks")
        if way.mine
        else gettext("Offer to be a mentor")
    )
    return str(words), url_for("interests.mine")


def why_not_word(why: str, perk: Perk, rules: LoyaltyRules) -> str:
    """Return why somebody cannot have an offer."""
    words = {
        "member": gettext("For members: join first, it takes one button."),
        "tier": gettext("From the tier “%(tier)s” on.", tier=tier_word(perk.content.tier, rules)),
        "years": gettext("It is for other years of intake."),
        "unit": gettext("It is for another faculty."),
        "consent": gettext("You have not agreed to see partners’ offers."),
        "coming": gettext("It cannot be taken yet."),
        "over": gettext("It is over."),
        "ended": gettext("The partner has ended it."),
        "full": gettext("All of them are given out. What is given back can be taken again."),
        "once": gettext("You have used it already: it is for once."),
    }
    return str(words.get(why, gettext("It cannot be taken now.")))


def audience_lines(perk: Perk, rules: LoyaltyRules) -> list[str]:
    """Return for whom an offer is, in words."""
    content = perk.content
    lines = []
    if content.tier and content.tier != rules.order[0]:
        lines.append(gettext("From the tier “%(tier)s” on.", tier=tier_word(content.tier, rules)))
    if content.from_year and content.to_year:
        lines.append(
            gettext("Intakes of %(first)s to %(last)s.", first=content.from_year,
                    last=content.to_year)
        )  # fmt: skip
    elif content.from_year:
        lines.append(gettext("Intakes from %(year)s on.", year=content.from_year))
    elif content.to_year:
        lines.append(gettext("Intakes up to %(year)s.", year=content.to_year))
    if content.unit:
        lines.append(in_language(*perk.unit_names))
    return [str(line) for line in lines] or [str(gettext("All members."))]


def left_word(perk: Perk) -> str:
    """Return how many there still are, without telling how many have been taken one by one."""
    left = perk.left
    if left is None:
        return ""
    if left == 0:
        return str(gettext("All given out"))
    if left <= 5:
        return str(gettext("The last ones"))
    return str(gettext("%(quantity)s in all, still to be had", quantity=perk.content.quantity))


def badge_words(badge: Badge | Earned, rules: LoyaltyRules) -> tuple[str, str, str]:
    """Return what a badge is called, what it is for, and what it takes."""
    if badge.kind == "ambassador":
        return (
            str(gettext("Ambassador Alumnus %(season)s", season=badge.about)),
            str(gettext("Won an award of the Alumni Contest in the season %(season)s.",
                        season=badge.about)),
            str(gettext("The contest’s results, published and signed.")),
        )  # fmt: skip
    if badge.kind == "tier":
        return (
            tier_word(badge.about, rules),
            str(gettext("Reached this tier of the Association’s membership.")),
            str(
                gettext("The points of the membership’s rules, out of the ledger of contributions.")
            ),
        )
    return (
        str(pgettext("badge", "Mentor")),
        str(gettext("Has mentored a student or an alumnus.")),
        str(gettext("An entry of the ledger that shows it.")),
    )


def badge_in_english(badge: Badge, rules: LoyaltyRules) -> Words:
    """Return the words of a credential: one language for whoever reads it anywhere."""
    with in_tongue("en"):
        return Words(*badge_words(badge, rules))


REASONS: Reasons = {
    BadValue: {
        "needed": lazy_gettext("Please fill this in."),
        "long": lazy_gettext("This is too long."),
        "address": lazy_gettext("The address of a page begins with https://"),
        "unknown": lazy_gettext("Choose one of the list."),
        "range": lazy_gettext("This number is not within what is possible."),
        "before": lazy_gettext("The end cannot lie before the beginning."),
        "held": lazy_gettext("So many have been taken already: the number cannot be below that."),
        "": lazy_gettext("This cannot be kept as it is."),
    },
    Conflict: {
        "early": lazy_gettext("It runs for a good while yet: nothing was changed."),
        "ended": lazy_gettext("The Association has ended your membership. Write to it."),
        "lifetime": lazy_gettext("Your membership is for life: there is nothing to renew."),
    },
}


def figure_word(number: int | None) -> str:
    """Return a figure; of fewer than five it is not told how many."""
    return str(gettext("fewer than 5")) if number is None else str(number)


def until_word(until: date | None) -> str:
    """Return until when, for a card: a day in digits, which is read in every language."""
    return str(gettext("for life")) if until is None else f"{until:%d.%m.%Y}"


def valid_word(until: date | None) -> str:
    """Return until when a card is valid, as the card says it."""
    if until is None:
        return str(gettext("valid for life"))
    return str(gettext("valid until %(day)s", day=f"{until:%d.%m.%Y}"))


def kind_choice(kind: str) -> tuple[str, Any]:
    """Return a kind of offer as a choice of a link row."""
    return kind, PERK_KINDS[kind]
