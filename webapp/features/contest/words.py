"""What the contest's codes are called on its pages: phases, states, rules, ties, acts."""

from fractions import Fraction
from typing import Any

from flask_babel import gettext, lazy_gettext

from graphnet.contest.terms import Named, Terms
from graphnet.errors import BadValue, Conflict, GraphnetError, NotAllowed, TooMany
from graphnet.ledger.rule_files import Mistake
from webapp.features.contest.blueprint import blueprint
from webapp.frame.i18n import in_language, number
from webapp.frame.reasons import Reasons

REASONS: Reasons = {
    GraphnetError: {"": lazy_gettext("Not done: look at what you entered, and try again.")},
    BadValue: {
        "jurors": lazy_gettext("A jury has between 3 and 15 members."),
        "late": lazy_gettext("The first day of entry has begun. Choose later days, then announce."),
        "past": lazy_gettext("These days would leave less than half of the entry term."),
        "begun": lazy_gettext("The entry term has begun: its first day and the categories stay."),
        "dates": lazy_gettext("The days must follow one another, each later than the one before."),
        "names": lazy_gettext("Each line needs a key, an English and a Russian name; keys differ."),
        "season": lazy_gettext("A season is named by letters, digits and hyphens, like 2026."),
        "differs": lazy_gettext("The rules are of another season than the form says."),
        "window": lazy_gettext(
            "The rules count only what happens after the appeals: choose other days."
        ),
        "event": lazy_gettext("This event is not there any more: choose another."),
        "zone": lazy_gettext("There is no such time zone."),
        "reason": lazy_gettext("Say why, in a sentence."),
        "text": lazy_gettext("Write some words, at most 3,000 characters."),
        "empty": lazy_gettext("Write some words, at most 3,000 characters."),
        "long": lazy_gettext("This is too long."),
        "address": lazy_gettext("Evidence is an address that begins with https://"),
        "own_letter": lazy_gettext("A candidate speaks by the statement; letters are by others."),
        "whom": lazy_gettext("Choose a person, or write one address."),
        "category": lazy_gettext("Choose a category."),
        "score": lazy_gettext("A score is a whole number from 1 to 10."),
        "receipt": lazy_gettext("This is not a receipt of this season: look at every character."),
        "choice": lazy_gettext("Somebody you chose no longer stands. Look at the list again."),
        "answer": lazy_gettext("Say what was done, in at most 2,000 characters."),
        "decision": lazy_gettext("Choose how the appeal is decided."),
    },
    Conflict: {
        "phase": lazy_gettext("This is not the time for it: look at the dates of the season."),
        "half": lazy_gettext(
            "Half of the entry term has passed: the terms can no longer be changed."
        ),
        "same": lazy_gettext("Nothing is different from the terms in force."),
        "announced": lazy_gettext("The season has been announced: its rules are fixed."),
        "overlap": lazy_gettext(
            "Another season counts some of these days already: choose other days."
        ),
        "jurors": lazy_gettext(
            "Fewer than three jurors have scored a candidate whole. Say why the season is decided."
        ),
        "state": lazy_gettext("This has been answered or decided already."),
        "rules": lazy_gettext("A rule of eligibility is not met: see which one below."),
        "sits": lazy_gettext("This person is in the jury already: nothing was done."),
        "proposed": lazy_gettext("Something is proposed about this candidate already: see below."),
        "proposals": lazy_gettext("A change of who stands waits for a second one of staff."),
        "juror": lazy_gettext("A juror has an account and does not stand as a candidate."),
        "taken": lazy_gettext("You have taken your ballot already. Vote with its receipt."),
        "appeals": lazy_gettext("An appeal has not been answered yet."),
        "meanwhile": lazy_gettext(
            "Somebody has changed this meanwhile: see below, then save again."
        ),
        "entered": lazy_gettext("Somebody has been nominated: it can no longer be withdrawn."),
        "closed": lazy_gettext("Somebody has closed this request already."),
        "changed": lazy_gettext("A candidate withdrew a moment ago: look at the result again."),
    },
    NotAllowed: {
        "own_jury": lazy_gettext(
            "Nobody takes themselves into the jury: another one of staff asks you."
        ),
        "second": lazy_gettext("You have proposed this: another one of staff has to confirm it."),
        "conflict": lazy_gettext("The graph knows of a tie between you and this candidate."),
        "voters": lazy_gettext("You are not on the voters’ list, or you sit in the jury."),
        "appeal": lazy_gettext("Who stands, or nominated somebody, can appeal."),
    },
    TooMany: {
        "nominations": lazy_gettext(
            "You have made all the nominations that a member can in a season."
        ),
        "letters": lazy_gettext("There are as many letters and links as a jury can read."),
    },
}


def phase_word(phase: str) -> str:
    """Return what a phase is called."""
    words = {
        "draft": gettext("draft"),
        "announced": gettext("announced"),
        "entry": gettext("nominations are open"),
        "check": gettext("eligibility check"),
        "jury": gettext("the jury reads"),
        "vote": gettext("members vote"),
        "appeal": gettext("appeals"),
        "decision": gettext("before publication"),
        "published": gettext("winners published"),
        "archived": gettext("archive"),
    }
    return str(words.get(phase, phase))


def day_word(name: str) -> str:
    """Return what a day of the season is called."""
    words = {
        "entry_from": gettext("Nominations open"),
        "entry_until": gettext("Nominations close"),
        "check_until": gettext("Eligibility is checked until"),
        "jury_until": gettext("The jury reads until"),
        "vote_until": gettext("Members vote until"),
        "appeal_until": gettext("Appeals until"),
        "archive_on": gettext("Goes to the archive on"),
    }
    return str(words.get(name, name))


def term_word(name: str) -> str:
    """Return what a part of an announcement is called."""
    words = {
        "title": gettext("Title"),
        "organiser": gettext("Organiser"),
        "place": gettext("Place"),
        "prize": gettext("Prize"),
        "text": gettext("Terms"),
        "categories": gettext("Award categories"),
        "criteria": gettext("Criteria of the jury"),
        "time_zone": gettext("Time zone"),
        "jurors": gettext("Jurors a candidate"),
        "event": gettext("Given at"),
    }
    base, _, _ = name.partition("_ru")
    word = str(words.get(base) or day_word(name))
    return f"{word} ({gettext('in Russian')})" if name.endswith("_ru") else word


def state_of_nomination(state: str) -> str:
    """Return the state of a nomination in words, of no grammatical gender."""
    words = {
        "invited": gettext("waiting for an answer"),
        "accepted": gettext("accepted, to be checked"),
        "admitted": gettext("stands as a candidate"),
        "refused": gettext("not admitted"),
        "declined": gettext("declined"),
        "withdrawn": gettext("withdrawn"),
    }
    return str(words.get(state, state))


SHAPES = {
    "invited": ("ring", "warn"), "accepted": ("half", "quiet"), "admitted": ("full", "good"),
    "refused": ("square", "bad"), "declined": ("dashed", "quiet"), "withdrawn": ("dashed", "quiet"),
}  # fmt: skip


def rule_word(rule: str) -> str:
    """Return a rule of eligibility."""
    words = {
        "alumnus": gettext("is an alumnus"),
        "registered": gettext("has an account"),
        "alive": gettext("no record of death"),
        "shown": gettext("is not hidden"),
        "not staff": gettext("does not work for the Association"),
        "not in the jury": gettext("does not sit in the jury"),
        "no recent winner": gettext("has not won recently"),
        "one category": gettext("stands in one category only"),
    }
    return str(words.get(rule, rule))


def exclusion_word(code: str) -> str:
    """Return for which kind of reason a candidate was taken off the list."""
    words = {
        "rules": gettext("a rule of the contest is not met"),
        "evidence": gettext("the evidence does not hold"),
        "conflict": gettext("a conflict of interest"),
        "own wish": gettext("at the candidate’s own wish"),
        "other": gettext("another reason"),
    }
    return str(words.get(code, code))


def tie_word(kind: str) -> str:
    """Return why a juror must not score a candidate."""
    words = {
        "self": gettext("the same person"),
        "nominee": gettext("nominated by the juror"),
        "declared": gettext("declared by the juror"),
        "acquaintance": gettext("confirmed acquaintances"),
        "supervisor": gettext("supervisor and student"),
        "co-worker": gettext("co-workers"),
        "groupmate": gettext("groupmates"),
    }
    return str(words.get(kind, kind))


def act_word(act: str) -> str:
    """Return an act on the record of a season."""
    words = {
        "drafted": gettext("drafted"),
        "announced": gettext("announced; rules and voters’ list fixed"),
        "terms changed": gettext("terms changed"),
        "nominated": gettext("somebody was nominated"),
        "accepted": gettext("a nominee accepted"),
        "declined": gettext("a nominee declined"),
        "withdrawn": gettext("a candidate withdrew"),
        "statement changed": gettext("a candidate changed the statement"),
        "letter written": gettext("a letter or evidence was added"),
        "admitted": gettext("a candidate was admitted"),
        "refused": gettext("a candidate was not admitted, or taken off the list"),
        "refused proposed": gettext("it was proposed to take a candidate off the list"),
        "admitted proposed": gettext("it was proposed to put a candidate back on the list"),
        "refused called off": gettext("a proposal to take a candidate off was called off"),
        "admitted called off": gettext("a proposal to put a candidate back was called off"),
        "juror asked": gettext("somebody was asked into the jury"),
        "juror declined": gettext("somebody cannot be in the jury"),
        "juror added": gettext("a juror joined"),
        "juror removed": gettext("a juror left"),
        "jurors reminded": gettext("jurors were reminded"),
        "jurors assigned": gettext("candidates were given to jurors"),
        "scored": gettext("a juror scored a candidate"),
        "conflict declared": gettext("a juror declared a conflict of interest"),
        "appealed": gettext("an appeal was made"),
        "announcement withdrawn": gettext("the announcement was withdrawn"),
        "frozen": gettext("the ledger of the season was sealed"),
        "late entries appended": gettext("late entries were appended"),
        "appeal upheld": gettext("an appeal was upheld"),
        "appeal rejected": gettext("an appeal was rejected"),
        "published": gettext("winners published, season frozen"),
    }
    return str(words.get(act, act))


def part_word(part: str) -> str:
    """Return what one of the three parts of the result is called."""
    words = {
        "standing": gettext("standing"),
        "jury": gettext("jury"),
        "vote": gettext("members’ vote"),
    }
    return str(words.get(part, part))


def named(thing: Named) -> str:
    """Return the name of a criterion or category in the reader's language."""
    return in_language(thing.name, thing.name_ru)


def category_word(terms: Terms, key: str) -> str:
    """Return the name of a category, or its key where it is no longer there."""
    return next((named(one) for one in terms.categories if one.key == key), key)


def points(value: Any) -> str:
    """Write an exact fraction with as many digits as a reader needs: at most three."""
    exact = float(Fraction(value))
    return number(exact) if exact.is_integer() else number(round(exact, 3))


# Of a season's rule file; in each a mistake's own `values` may stand.
RULE_MISTAKES = {
    "missing": lazy_gettext("this has to be said"),
    "unknown": lazy_gettext("there is nothing of this name"),
    "one_of": lazy_gettext("this must be one of: %(expected)s"),
    "empty": lazy_gettext("this must not be empty"),
    "long": lazy_gettext("this has at most %(max_length)s characters"),
    "characters": lazy_gettext("this has other characters than it may have"),
    "text": lazy_gettext("this must be a text, in quotation marks"),
    "whole_number": lazy_gettext("this must be a whole number"),
    "day": lazy_gettext("this must be a day, such as 2027-01-31"),
    "yes_or_no": lazy_gettext("this must be true or false"),
    "at_least": lazy_gettext("this must be %(ge)s or more"),
    "at_most": lazy_gettext("this must be %(le)s or less"),
    "table": lazy_gettext("this must be a table: its name in brackets, its values below"),
    "list": lazy_gettext("this must be a list: in brackets, parted by commas"),
    "number": lazy_gettext("this must be a number"),
    "finite_number": lazy_gettext("this must be a number"),
    "time_zone": lazy_gettext("there is no time zone %(zone)s; one is Europe/Moscow"),
    "whole": lazy_gettext("standing, jury and vote must add up to 1"),
    "ends_first": lazy_gettext("the season ends before it starts"),
    "no_weights": lazy_gettext("the weights contributed and mobilised cannot both be 0"),
    "few_modes": lazy_gettext(
        "an award asks for %(wanted)s modes (award.modes_at_least), and points can be earned in "
        "%(there)s"
    ),
    "otherwise": lazy_gettext("this says %(here)s, and the form says %(form)s: leave it out here"),
    "toml": lazy_gettext("this cannot be read: each line is NAME = VALUE or [TABLE]"),
    "wrong": lazy_gettext("this cannot be so"),
}


def rule_mistake(one: Mistake) -> str:
    """Say a mistake of a rule file in the reader's language, with its line and its place."""
    said = str(RULE_MISTAKES[one.code]) % one.values
    where = [gettext("line %(number)s", number=one.line)] if one.line else []
    where += [one.place] if one.place else []
    return f"{', '.join(where)}: {said}" if where else said


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "phase_word": phase_word, "day_word": day_word, "term_word": term_word,
        "nomination_state": state_of_nomination, "nomination_shapes": SHAPES,
        "rule_word": rule_word, "tie_word": tie_word, "act_word": act_word,
        "exclusion_word": exclusion_word,
        "part_word": part_word, "named": named,
        "category_word": category_word, "points": points,
    }  # fmt: skip
