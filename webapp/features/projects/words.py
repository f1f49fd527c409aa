"""Words of projects: kinds, states, needs, what money was for, what is wrong with a form."""

from typing import Any

from flask_babel import gettext, lazy_gettext, pgettext

from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.projects.needs import Fit
from webapp.frame.i18n import in_language
from webapp.frame.reasons import Reasons


def kind_words() -> dict[str, str]:
    """Return the kinds of projects, by their names in the graph."""
    return {
        "education": gettext("education"),
        "scholarship": gettext("scholarship"),
        "equipment": gettext("equipment"),
        "heritage": gettext("heritage"),
        "charity": gettext("charity"),
        "community": pgettext("kind of project", "for the community"),
        "ecology": gettext("ecology"),
        "fund": gettext("fund"),
    }


def kind_word(kind: str | None) -> str:
    """Return what kind of project it is."""
    return kind_words().get(kind or "", kind or "")


def origin_words() -> dict[str, str]:
    """Return whose projects there are."""
    return {
        "alumni": gettext("the alumni’s own"),
        "university": gettext("the university’s"),
    }


def state_word(state: str) -> str:
    """Return the state of a project."""
    words = {
        "draft": gettext("draft"),
        "proposed": gettext("the Association looks at it"),
        "declined": pgettext("project", "sent back"),
        "open": pgettext("project", "open"),
        "finished": pgettext("project", "finished"),
    }
    return str(words.get(state, state))


def need_words() -> dict[str, str]:
    """Return the kinds of what a project needs."""
    return {
        "expertise": gettext("Knowledge"),
        "hands": gettext("Hands"),
        "lab": gettext("Laboratory or room"),
        "money": gettext("Money"),
    }


def expense_word(note: str | None) -> str:
    """Return what an expense was for: a note may have both languages, "English / Russian"."""
    first, _, second = (note or "").partition(" / ")
    return in_language(first, second or first)


def line_word(kind: str) -> str:
    """Return what a line of the books is."""
    words = {
        "gift": pgettext("books", "Gift"),
        "gifts": pgettext("books", "Gifts"),
        "refund": pgettext("books", "Given back"),
        "returned": pgettext("books", "Money of an expense came back"),
        "expense": pgettext("books", "Expense"),
        "fee": pgettext("books", "Bank charge"),
        "moved": pgettext("books", "Between projects"),
    }
    return str(words.get(kind, kind))


def fit_words(fit: Fit) -> str:
    """Return what speaks for somebody as a helper, reason after reason."""

    def names(pairs: tuple[tuple[str, str], ...]) -> str:
        return ", ".join(in_language(a, b) for a, b in pairs)

    reasons = []
    if fit.offers:
        reasons.append(gettext("offers help with: %(topics)s", topics=names(fit.offers)))
    if fit.interests:
        reasons.append(gettext("is interested in: %(topics)s", topics=names(fit.interests)))
    if fit.groups:
        reasons.append(gettext("is a member of: %(groups)s", groups=names(fit.groups)))
    if fit.supports:
        reasons.append(gettext("supports the project"))
    return "; ".join(reasons)


def offer_word(state: str) -> str:
    """Return what became of an offer, to who made it."""
    words = {
        "open": gettext("who runs the project has your offer"),
        "accepted": gettext("accepted: you are in the team"),
        "declined": gettext("not this time"),
    }
    return str(words.get(state, state))


def book_role_word(role: str) -> str:
    """Return what somebody is to the books of one project."""
    words = {
        "treasurer": pgettext("books", "treasurer"),
        "auditor": pgettext("books", "auditor"),
    }
    return str(words.get(role, role))


def instalment_word(state: str) -> str:
    """Return where one part of an intended gift stands."""
    words = {
        "received": pgettext("instalment", "arrived"),
        "late": pgettext("instalment", "late"),
        "due": pgettext("instalment", "next"),
        "coming": "",
    }
    return str(words.get(state, state))


REASONS: Reasons = {
    BadValue: {
        "name: needed": lazy_gettext("Give it a name, in one of the languages at least."),
        "description: needed": lazy_gettext("Say what it is about, in one language at least."),
        "goal: range": lazy_gettext("A whole number, without kopecks."),
        "currency: money": lazy_gettext("Money was promised or given: the currency stays."),
        "topics: range": lazy_gettext("At most twelve topics."),
        "notice: needed": lazy_gettext("Say it in a sentence or two: those concerned read it."),
        "amount: none": lazy_gettext("A sum like 1,500 or 1500.50, more than nothing."),
        "amount: more": lazy_gettext("Not more than it was."),
        "fee: range": lazy_gettext("Less than the gift itself."),
        "what: needed": lazy_gettext("Say what for: everybody reads it."),
        "party: needed": lazy_gettext("Say who gave: somebody on file, or a name."),
        "happened_on: range": lazy_gettext("A day until today."),
        "other: same": lazy_gettext("Choose another project."),
        "kind: unknown": lazy_gettext("Choose the project to which it goes."),
        "parts: range": lazy_gettext("Between 1 and 60 parts."),
        "text: needed": lazy_gettext("Write something, and not too much."),
        "words: needed": lazy_gettext("Write a few words: they read why."),
        "words: long": lazy_gettext("At most 500 characters."),
        "due_on: needed": lazy_gettext("Choose a day."),
        "person: unknown": lazy_gettext("This person cannot be asked."),
        "role: unknown": lazy_gettext("Choose one of those that are offered."),
        "long": lazy_gettext("This is too long."),
        "unknown": lazy_gettext("Choose one of those that are offered."),
        "project: needed": lazy_gettext("Choose the project."),
        "pledge: unknown": lazy_gettext("Choose one of the intended gifts."),
        "transfer: unknown": lazy_gettext("Choose one of those that are offered."),
        "person: choose": lazy_gettext("Choose who is meant."),
        "": lazy_gettext("This cannot be so."),
    },
    Conflict: {
        "state": lazy_gettext("It is not in the state for that any more. Look at it again."),
        "finished": lazy_gettext(
            "This project is finished: nothing of it can be changed any more."
        ),
        "meanwhile": lazy_gettext("Somebody has changed it meanwhile. Look at it again first."),
        "there": lazy_gettext("This person is in the team already."),
        "own": lazy_gettext("Whoever works on the project cannot audit it: choose somebody else."),
        "asked": lazy_gettext("This person is asked already and has not answered yet."),
        "nowhere": lazy_gettext("This person has no account here and could not answer."),
        "answered": lazy_gettext("This was answered meanwhile."),
        "last": lazy_gettext("Somebody has to lead it: first make another one the lead."),
        "hidden": lazy_gettext(
            "You have hidden yourself: who runs the project could not see who offers. Let "
            "yourself be found first, on your account’s page."
        ),
        "works": lazy_gettext("You are in the team already."),
        "offered": lazy_gettext("You have offered this already."),
        "met": lazy_gettext("This need is met by now. Thank you!"),
        "balance": lazy_gettext("There is not so much money: no project spends what it has not."),
        "other": lazy_gettext(
            "This form was sent before with something else in it. Begin it anew."
        ),
        "resolved": lazy_gettext("This was paid or given up already."),
        "corrected": lazy_gettext("This was given back already."),
        "closed": lazy_gettext("The books are closed already."),
        "open": lazy_gettext("The books are open."),
        "": lazy_gettext("This has changed meanwhile: look at it once more."),
    },
    TooMany: {
        "drafts": lazy_gettext("You have five proposals in hand: finish one of them first."),
        "offers": lazy_gettext("Ten open offers are enough: wait for an answer."),
        "promises": lazy_gettext("Five open promises are enough."),
        "needs": lazy_gettext("Twenty needs are enough: take one away first."),
        "milestones": lazy_gettext("Forty milestones are enough."),
        "asked": lazy_gettext("Thirty people are asked at once: wait for their answers."),
    },
}


def field_words() -> dict[str, Any]:
    """Return what parts of a project are called, for a comparison."""
    return {
        "name": gettext("Name in English"),
        "name_ru": gettext("Name in Russian"),
        "description": gettext("What it is about, in English"),
        "description_ru": gettext("What it is about, in Russian"),
        "kind": gettext("Kind"),
        "origin": gettext("Whose project it is"),
        "group": gettext("Community that runs it"),
        "goal": gettext("How much money it needs"),
        "currency": gettext("Currency"),
        "audience": gettext("Who reads of it"),
        "topics": gettext("Topics"),
    }
