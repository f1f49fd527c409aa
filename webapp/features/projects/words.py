"""Words of projects: kinds, states, needs, what money was for, what is wrong with a form."""

from typing import Any

from flask_babel import gettext, pgettext

from graphnet.projects.needs import Fit
from webapp.frame.i18n import in_language


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


def field_problem(problem: str) -> tuple[str, str]:
    """Return the field that was found fault with, and what to do about it."""
    name, _, what = problem.partition(": ")
    words: dict[str, Any] = {
        "name: needed": gettext("Give it a name, in one of the languages at least."),
        "description: needed": gettext("Say what it is about, in one language at least."),
        "goal: range": gettext("A whole number, without kopecks."),
        "currency: money": gettext("Money was promised or given: the currency stays."),
        "topics: range": gettext("At most twelve topics."),
        "notice: needed": gettext("Say it in a sentence or two: those concerned read it."),
        "amount: none": gettext("A sum like 1,500 or 1500.50, more than nothing."),
        "amount: more": gettext("Not more than it was."),
        "fee: range": gettext("Less than the gift itself."),
        "what: needed": gettext("Say what for: everybody reads it."),
        "party: needed": gettext("Say who gave: somebody on file, or a name."),
        "happened_on: range": gettext("A day until today."),
        "other: same": gettext("Choose another project."),
        "kind: unknown": gettext("Choose the project to which it goes."),
        "parts: range": gettext("Between 1 and 60 parts."),
        "text: needed": gettext("Write something, and not too much."),
        "words: needed": gettext("Write a few words: they read why."),
        "words: long": gettext("At most 500 characters."),
        "due_on: needed": gettext("Choose a day."),
        "person: unknown": gettext("This person cannot be asked."),
        "role: unknown": gettext("Choose one of those that are offered."),
    }
    general = {
        "long": gettext("This is too long."),
        "unknown": gettext("Choose one of those that are offered."),
    }
    said = words.get(problem) or general.get(what) or gettext("This cannot be so.")
    return name, str(said)


def refusal(why: str) -> str:
    """Return why something was not done."""
    words = {
        "state": gettext("It is not in the state for that any more. Look at it again."),
        "finished": gettext("This project is finished: nothing of it can be changed any more."),
        "meanwhile": gettext("Somebody has changed it meanwhile. Look at it again first."),
        "drafts": gettext("You have five proposals in hand: finish one of them first."),
        "there": gettext("This person is in the team already."),
        "own": gettext("Whoever works on the project cannot audit it: choose somebody else."),
        "asked": gettext("This person is asked already and has not answered yet."),
        "nowhere": gettext("This person has no account here and could not answer."),
        "answered": gettext("This was answered meanwhile."),
        "last": gettext("Somebody has to lead it: first make another one the lead."),
        "hidden": gettext(
            "You have hidden yourself: who runs the project could not see who offers. Let "
            "yourself be found first, on your account’s page."
        ),
        "works": gettext("You are in the team already."),
        "offered": gettext("You have offered this already."),
        "met": gettext("This need is met by now. Thank you!"),
        "offers": gettext("Ten open offers are enough: wait for an answer."),
        "promises": gettext("Five open promises are enough."),
        "needs": gettext("Twenty needs are enough: take one away first."),
        "milestones": gettext("Forty milestones are enough."),
        "balance": gettext("There is not so much money: no project spends what it has not."),
        "other": gettext("This form was sent before with something else in it. Begin it anew."),
        "resolved": gettext("This was paid or given up already."),
        "corrected": gettext("This was given back already."),
        "closed": gettext("The books are closed already."),
        "open": gettext("The books are open."),
    }  # fmt: skip
    return str(words.get(why, gettext("This has changed meanwhile: look at it once more.")))


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
