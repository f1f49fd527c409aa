"""How much of one person a viewer may see, and which of their fields, by live facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from graphnet.errors import NotAllowed
from graphnet.privacy.fields import DEFAULT_AUDIENCES, audiences
from graphnet.privacy.viewers import ANYONE, FOR_THEIR_SAKE, Viewer


class Level(IntEnum):
    """How much of a person a viewer may see."""

    NOTHING = 0
    MEMORIAL = 1  # the name, on a memorial page
    ON_FILE = 2  # name, group, years, "no contact" or "not registered"
    FIELDS = 3  # what the person set for members
    CONNECTED = 4  # what the person set for connections
    PSEUDONYM = 5  # an analyst: facts without a name
    TASK = 6  # staff: all that the task needs, audited
    SELF = 7


@dataclass(frozen=True)
class Facts:
    """What the rules need to know about the person who is looked at, seen from one viewer."""

    claimed: bool
    hidden: bool
    deceased: bool
    memorial: bool
    quarantined: bool
    refused: bool  # said no to being shown to members
    public: bool  # made something of themselves public
    same_group: bool
    same_cohort: bool
    connected: bool
    myself: bool = False


def facts_of(row: Mapping[str, Any], viewer: Viewer) -> Facts:
    """Return the facts in a row that asks for all of them: see `graphnet.people.cards.FACTS`."""
    return Facts(
        claimed=row["claimed"],
        hidden=row["visibility"] == "hidden",
        deceased=row["died_on"] is not None,
        memorial=row["memorial"],
        quarantined=row["in_quarantine"],
        refused=row["show_to_members"] == ["refused"],
        public="public" in audiences(row["audiences"]).values(),
        same_group=row["same_group"],
        same_cohort=row["same_cohort"],
        connected=row["connected"],
        myself=row["key"] == viewer.person_key,
    )


# As whom somebody can look at their own page: see `pretended`.
PRETENCES = ("anyone", "groupmate", "connection", "member", "staff")
_NOBODY = -1  # the key of a member who is nobody in particular


def pretended(who: str, facts: Facts) -> tuple[Viewer, Facts]:
    """Return a viewer of a kind, and what is known of a person seen from there.

    Parameters
    ----------
    who
        One of `PRETENCES`: nobody who is signed in, a groupmate, a contact, any other registered
        alumnus, staff on a task.
    """
    seen = replace(facts, myself=False, same_group=False, same_cohort=False, connected=False)
    member = Viewer("alumnus", _NOBODY)
    if who == "groupmate":
        return member, replace(seen, same_group=True, same_cohort=True)
    if who == "connection":
        return member, replace(seen, connected=True)
    if who == "member":
        return member, seen
    return (Viewer("staff", purpose="profile") if who == "staff" else ANYONE), seen


def level(viewer: Viewer, facts: Facts, *, unclaimed_audience: str = "cohort") -> Level:
    """Return how much of the person this viewer may see.

    Parameters
    ----------
    unclaimed_audience
        Who sees people who are on file and have not registered: 'group', 'cohort' or 'members'.
    """
    if facts.myself:
        return Level.SELF
    if viewer.kind == "staff":
        if not viewer.purpose:
            raise NotAllowed("staff read a person for a stated purpose: name the task")
        if facts.hidden:
            return Level.TASK if viewer.purpose in FOR_THEIR_SAKE else Level.NOTHING
        return Level.TASK
    if facts.hidden or facts.quarantined:
        return Level.NOTHING
    if viewer.kind == "analyst":
        return Level.PSEUDONYM
    if viewer.kind != "alumnus":
        # Whom members may not see, nobody sees who is not even one.
        public = facts.claimed and facts.public and not (facts.deceased or facts.refused)
        return Level.FIELDS if public else Level.NOTHING
    if facts.deceased:
        return Level.MEMORIAL if facts.memorial else Level.NOTHING
    if facts.refused:
        return Level.NOTHING
    if facts.claimed:
        return Level.CONNECTED if facts.connected else Level.FIELDS
    audience = {
        "group": facts.same_group,
        "cohort": facts.same_cohort or facts.same_group,
        "members": True,
    }[unclaimed_audience]
    return Level.ON_FILE if audience else Level.NOTHING


def shown_fields(
    viewer: Viewer, facts: Facts, stored: Iterable[str] | None, *, at: Level
) -> frozenset[str]:
    """Return the names of the fields that the viewer may see of this person.

    Parameters
    ----------
    stored
        The person's own settings, as ``"field:audience"``.
    at
        What `level` returned.
    """
    everything = frozenset(DEFAULT_AUDIENCES)
    if at in (Level.SELF, Level.TASK):
        return everything
    if at == Level.NOTHING:
        return frozenset()
    if at == Level.MEMORIAL:
        return frozenset({"name"})
    if at == Level.ON_FILE:
        return frozenset({"name", "studies"})
    if at == Level.PSEUDONYM:
        return frozenset({"studies", "interests"})
    allowed = {"public"}
    if viewer.kind == "alumnus":
        allowed.add("members")
        if facts.same_cohort or facts.same_group:
            allowed.add("cohort")
        if at == Level.CONNECTED:
            allowed.add("connections")
    return frozenset(f for f, audience in audiences(stored).items() if audience in allowed)


def named_in_contest(
    viewer: Viewer,
    *,
    published: bool,
    winner: bool,
    agreed: bool,
    apart: bool,
    myself: bool,
) -> bool:
    """Return whether a candidate of the contest, who has accepted, is named to the viewer.

    Accepting is the consent to be named to members, jurors and staff while the contest runs, and
    in public if one wins; `agreed` is the consent to be named in public without winning.
    """
    if myself:
        return True
    if apart:
        return False
    if viewer.is_staff:
        return viewer.has_task
    if published:
        return winner or agreed
    return viewer.is_alumnus
