"""What recovery says: reasons, letters, outcomes; a letter is written in its reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext, pgettext
from markupsafe import Markup

from graphnet.people import Card
from graphnet.recovery.outreach import OWN_WISH, Letter
from graphnet.recovery.plans import PlanPage
from graphnet.store import Row
from webapp.frame.i18n import in_language, in_tongue
from webapp.frame.letters import called, said
from webapp.frame.phrases import percent
from webapp.frame.qr import qr

NOTICEABLE = 0.5  # expected ties below this are not worth a word


@dataclass(frozen=True)
class Written:
    """One letter in words."""

    letter: Letter
    language: str
    subject: str
    text: str
    greeting: str
    opening: str
    names: tuple[str, ...]
    link: str
    code: Markup


def reason(row: Row) -> str:
    """Return why somebody is to be asked, from what the planner knows, strongest first."""
    said = []
    if row["known"]:
        said.append(
            ngettext(
                "knows %(num)s of the lost, as is on file",
                "knows %(num)s of the lost, as is on file",
                row["known"],
            )
        )
    if row["monitor"]:
        said.append(gettext("was monitor of the group"))
    guessed = row["expected"] - row["known"]
    if guessed >= NOTICEABLE:
        said.append(
            ngettext(
                "probably knows about %(num)s more (estimated)",
                "probably knows about %(num)s more (estimated)",
                round(guessed) or 1,
            )
            if row["known"]
            else ngettext(
                "probably knows about %(num)s of the lost (estimated)",
                "probably knows about %(num)s of the lost (estimated)",
                round(guessed) or 1,
            )
        )
    if row["shared_kind"]:
        said.append(_shared(row["shared_kind"], percent(row["shared_share"])))
    return "; ".join(said) or gettext("known ties and studies say little; the best of the rest")


def _shared(kind: str, share: str) -> str:
    words = {
        "study_group": gettext("was in the study group of %(share)s of them", share=share),
        "cohort": gettext("the same intake as %(share)s of them", share=share),
        "graduation": gettext("the same graduation as %(share)s of them", share=share),
        "department": gettext("the same department as %(share)s of them", share=share),
        "residence": gettext("the same residence as %(share)s of them", share=share),
    }
    return str(words.get(kind) or gettext("the same faculty as %(share)s of them", share=share))


def channels() -> list[tuple[str, str]]:
    """Return the ways in which a letter can have gone, other than from here."""
    return [
        ("post", gettext("printed, by post")),
        ("copied", gettext("copied into a messenger")),
        ("telephone", gettext("by telephone")),
    ]


def channel(name: str) -> str:
    """Return the way in which a letter went."""
    if name == "mail":
        return str(gettext("by e-mail, from here"))
    return str(dict(channels()).get(name, name))


def kept(act: str) -> str:
    """Say what has become of a plan."""
    words = {
        "rename": gettext("The plan has its name."),
        "close": gettext("The plan is closed: nobody is called by it any more."),
        "open": gettext("The plan is open again."),
        "remove": gettext("The plan is gone. Nobody had been asked."),
    }
    return str(words[act])


def why_never(reason: str) -> str:
    """Return why somebody is not to be asked."""
    own = (OWN_WISH, "asked not to be asked again")  # as it was written before
    return gettext("they have said so themselves") if reason in own else reason


def outcomes(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return how a call can end."""
    return [(name, outcome(name)) for name in names]


def outcome(name: str) -> str:
    """Return how a call ended."""
    words = {
        "reached": gettext("reached"),
        "no_answer": gettext("no answer"),
        "wrong_number": gettext("wrong number or address"),
        "call_back": gettext("call back"),
        "refused": gettext("refused"),
        "never": gettext("not to be asked"),
    }
    return str(words.get(name, name))


def hows() -> list[tuple[str, str]]:
    """Return what somebody can say of a groupmate."""
    return [
        ("in_touch", gettext("I am in touch")),
        ("pass_on", gettext("I can pass a message on")),
        ("link", gettext("I will pass on a link to this site")),
    ]


def how(name: str) -> str:
    """Return one of them as staff read it."""
    words = {
        "in_touch": gettext("in touch"),
        "pass_on": gettext("can pass a message on"),
        "link": gettext("will pass on a link"),
    }
    return str(words.get(name, name))


def state(name: str) -> tuple[str, str, str]:
    """Return the word, shape and tone of an ask's state."""
    return {
        "proposed": (pgettext("ask", "proposed"), "ring", "quiet"),
        "reserve": (gettext("next best"), "dashed", "quiet"),
        "excluded": (pgettext("ask", "excluded"), "square", "quiet"),
        "dropped": (gettext("no longer proposed"), "dashed", "quiet"),
        "sent": (gettext("asked, no answer yet"), "half", "warn"),
        "answered": (pgettext("ask", "answered"), "full", "good"),
        "refused": (pgettext("ask", "refused"), "square", "bad"),
    }[name]


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of classes as choices."""
    return [
        ("cohorts", gettext("intakes")),
        ("graduations", gettext("graduations")),
        ("study_groups", gettext("study groups")),
    ]


def refusal(act: str) -> str:
    """Return what is missing in a form."""
    if act == "never":
        return str(gettext("Say in a few words why this person is not to be asked."))
    return str(gettext("That number does not fit: a plan asks between 1 and 500 people."))


def conflict() -> str:
    """Return what to say if an act makes no sense any more."""
    return str(
        gettext(
            "Not possible now: this person was asked lately or is not to be asked, or "
            "somebody else has changed this plan meanwhile."
        )
    )


def changed(act: str, new: int, gone: int) -> str:
    """Return what a change of a plan has changed."""
    first: str = {
        "exclude": gettext("Excluded, and the next best has taken the place."),
        "restore": gettext("May be in the plan again."),
        "fix": gettext("Fixed: stays in the plan when you plan again."),
        "free": gettext("No longer fixed."),
        "never": gettext("Will not be asked in any plan, until you take it back."),
        "resize": gettext("The plan has its new size."),
        "again": gettext("Planned again, with what is known by now."),
    }[act]
    said = [first]
    if new:
        said.append(ngettext("%(num)s person is new in it.", "%(num)s people are new in it.", new))
    if gone:
        said.append(ngettext("%(num)s is in it no longer.", "%(num)s are in it no longer.", gone))
    return " ".join(said)


def not_sent(way: str, left: int) -> str:
    """Return why letters were not sent."""
    if not left:
        return str(gettext("There was nobody to write to."))
    if way == "mail":
        return str(
            ngettext(
                "%(num)s was left out: no e-mail address, asked within the last month, or not to "
                "be asked.",
                "%(num)s were left out: no e-mail address, asked within the last month, or not to "
                "be asked.",
                left,
            )
        )
    return str(
        ngettext(
            "%(num)s was left out: asked within the last month, or not to be asked.",
            "%(num)s were left out: asked within the last month, or not to be asked.",
            left,
        )
    )


def named(form: Mapping[str, str]) -> dict[str, str]:
    """Return whom a form names, and how: fields ``how-ID``, and ``other`` with ``other_how``."""
    found = {
        name.removeprefix("how-"): value
        for name, value in form.items()
        if name.startswith("how-") and value
    }
    if form.get("other") and form.get("other_how"):
        found[form["other"]] = form["other_how"]
    return found


def own_and_others(cards: Sequence[Card], card: Card) -> tuple[list[Card], list[Card]]:
    """Return who of these was in one of the person's groups, and the rest, by name."""
    groups = {study.group_id for study in card.studies if study.group_id}
    own: list[Card] = []
    others: list[Card] = []
    for other in sorted(cards, key=lambda c: (c.name.family, c.name.given, c.key)):
        mine = any(study.group_id in groups for study in other.studies)
        (own if mine else others).append(other)
    return own, others


def letter(letter: Letter, header: PlanPage, link: str) -> Written:
    """Write one letter in the language of its reader."""
    subject, text = asking(letter, header.label, header.label_ru, link)
    who = called(_called(letter), letter.language)
    with in_tongue(letter.language):
        return Written(
            letter,
            letter.language,
            subject,
            text,
            gettext("Hello, %(name)s!", name=who) if who else gettext("Hello!"),
            gettext(
                "The Alumni Association has lost touch with many of those who studied with "
                "you: %(what)s. You may know how some of them are.",
                what=in_language(header.label, header.label_ru),
            ),
            tuple(card.name.full for card in letter.lost),
            link,
            qr(link, link, look="qr"),
        )


def asking(letter: Letter, label: str, label_ru: str, link: str) -> tuple[str, str]:
    """Return the subject and text of one letter; needs no request."""
    russian = letter.language == "ru"
    return said(
        "recovery/ask",
        letter.language,
        called=_called(letter),
        what=(label_ru or label) if russian else (label or label_ru),
        names=[card.name.full for card in letter.lost],
        link=link,
    )


def _called(letter: Letter) -> str:
    name = letter.card.name
    return " ".join(part for part in (name.given, name.patronymic) if part) or name.full
