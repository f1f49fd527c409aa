"""Who may see which person, field and tie, and for what purpose. Nothing else decides it.

The rules are DESIGN.md's table. They exist twice, on purpose side by side: for one person with live
facts (`Facts`, from Neo4j) and for everyone at once with the snapshot's flags (`mask`); a test
proves that the two agree on every combination of facts.

Hidden, erased and unknown people get the same answer: the caller raises `PersonNotFound` whenever
`level` is `NOTHING`, and never says why.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, LiteralString

import numpy as np
import numpy.typing as npt

from graphnet.consent import newest
from graphnet.errors import NotAllowed

BoolArray = npt.NDArray[np.bool_]


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
class Viewer:
    """Who is asking. Engines and reads take one; there is no read without one."""

    kind: str  # anyone | alumnus | staff | analyst
    person_key: int | None = None
    account_id: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    purpose: str = ""

    def for_purpose(self, purpose: str) -> "Viewer":
        """Return the same viewer with a stated purpose, which the audit trail keeps."""
        return Viewer(self.kind, self.person_key, self.account_id, self.roles, purpose)

    @property
    def is_staff(self) -> bool:
        """Whether staff are asking."""
        return self.kind == "staff"

    @property
    def is_alumnus(self) -> bool:
        """Whether an alumnus is asking, as one of them."""
        return self.kind == "alumnus"

    @property
    def is_analyst(self) -> bool:
        """Whether an analyst is asking."""
        return self.kind == "analyst"

    @property
    def is_anyone(self) -> bool:
        """Whether nobody is signed in."""
        return self.kind == "anyone"

    @property
    def within(self) -> bool:
        """Whether a member or staff ask: those among whom people are named."""
        return self.kind in ("alumnus", "staff")

    @property
    def has_task(self) -> bool:
        """Whether staff are asking, and have said what for."""
        return self.is_staff and bool(self.purpose)

    @property
    def is_engine(self) -> bool:
        """Whether a process asks that works for no one person, or a link that speaks for one."""
        return self.kind == "engine"

    def require_staff(self) -> None:
        """Let only staff go on, who name what they do it for.

        Raises
        ------
        NotAllowed
            For everyone else, and for staff without a purpose.
        """
        if self.kind != "staff":
            raise NotAllowed("this is for staff")
        if not self.purpose:
            raise NotAllowed("staff read a person for a stated purpose: name the task")

    def keeps_books(self, *, or_audits: bool = False) -> bool:
        """Whether staff ask who keep the books; or who read them whole, where that is enough."""
        enough = {"treasurer", "admin", "auditor"} if or_audits else {"treasurer", "admin"}
        return self.is_staff and bool(self.purpose) and bool(self.roles & enough)

    def require_analyst(self) -> None:
        """Let only analysts go on, who name what they ask for; the others are `NotAllowed`."""
        if self.kind != "analyst" or not self.purpose:
            raise NotAllowed("this is for analysts, who name what they ask for")

    def own_key(self) -> int:
        """Return the key of whoever is signed in, in whatever role: what is theirs is theirs.

        Raises
        ------
        NotAllowed
            If nobody is signed in.
        """
        if self.person_key is None:
            raise NotAllowed("sign in first")
        return self.person_key

    def me(self) -> int:
        """Return the key of the alumnus who is asking.

        Raises
        ------
        NotAllowed
            If whoever asks is not signed in as an alumnus.
        """
        if self.kind != "alumnus" or self.person_key is None:
            raise NotAllowed("this is for alumni who are signed in")
        return self.person_key


ANYONE = Viewer("anyone")

FINDING = "search"  # staff look somebody up: a widow calls
FOR_THEIR_SAKE = ("correct", "erase")  # what staff may see the hidden for


@dataclass(frozen=True)
class Rules:
    """What an installation decides: who sees the unclaimed, and the key behind pseudonyms.

    Without a key of its own a process draws one, so that its pseudonyms match no other process's.
    """

    unclaimed_audience: str = "cohort"
    pseudonym_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)


STANDARD = Rules()


def engine(purpose: str) -> Viewer:
    """Return the viewer of a process that works for no one person; `purpose` says what for."""
    return Viewer("engine", purpose=purpose)


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


# The same questions in Cypher: pieces of queries, each about one of the query's variables.


def shown(person: LiteralString) -> LiteralString:
    """Return the condition that somebody has not hidden."""
    return "coalesce(" + person + ".visibility, 'shown') <> 'hidden'"


def alive(person: LiteralString) -> LiteralString:
    """Return the condition that nothing is known of somebody's death."""
    return person + ".died_on IS NULL"


def in_quarantine(person: LiteralString) -> LiteralString:
    """Return the condition that nobody has named the lawful ground of somebody's only source."""
    return "coalesce(" + person + ".quarantined, false)"


def apart(person: LiteralString) -> LiteralString:
    """Return the condition that alumni see nothing of somebody: the opposite of all three."""
    hidden_or_dead = "NOT " + shown(person) + " OR NOT " + alive(person)
    return "(" + hidden_or_dead + " OR " + in_quarantine(person) + ")"


def registered(person: LiteralString) -> LiteralString:
    """Return the condition that somebody can sign in."""
    return "EXISTS { (" + person + ")<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL }"


def has_contact(person: LiteralString) -> LiteralString:
    """Return the condition that there is an address or a number of somebody that works."""
    return "EXISTS { (" + person + ")-[:HAS]->(c:ContactPoint) WHERE c.bounced_at IS NULL }"


def reachable(person: LiteralString) -> LiteralString:
    """Return the condition that somebody can be reached: by their account or a contact."""
    return "(" + registered(person) + " OR " + has_contact(person) + ")"


def among_members(person: LiteralString) -> LiteralString:
    """Return the condition that every alumnus may see somebody as one of them: `Level.FIELDS`."""
    return (
        "("
        + registered(person)
        + " AND NOT "
        + apart(person)
        + " AND "
        + newest(person, "show_to_members")
        + " <> ['refused'])"
    )


def unblocked(one: LiteralString, other: LiteralString) -> LiteralString:
    """Return the condition that neither of two people has blocked the other."""
    return "NOT EXISTS { (" + one + ")-[:BLOCKED]-(" + other + ") }"


def plain_topic(topic: LiteralString) -> LiteralString:
    """Return the condition that a topic tells nothing delicate of people: `graphnet.delicate`."""
    return "coalesce(" + topic + ".delicate, '') = ''"


def own_word(tie: LiteralString, topic: LiteralString) -> LiteralString:
    """Return the condition that a topic is plain, or that somebody has said it themselves."""
    said = tie + ".source = 'stated' AND " + tie + ".run IS NULL"
    return "(" + plain_topic(topic) + " OR " + said + ")"


# The bits of `Snapshot.flags`, one byte or two a person.
CLAIMED, HIDDEN, DECEASED, MEMORIAL, QUARANTINED, REFUSED, PUBLIC, NO_PROFILE, ALUMNUS, REACH = (
    1 << bit for bit in range(10)
)
NO_PASS_ON = 1 << 10  # is not to be asked to pass anything on
REACHABLE = 1 << 11  # has an account, or a contact that works


def mask(
    viewer: Viewer,
    flags: npt.NDArray[np.uint16],
    *,
    same_group: BoolArray,
    same_cohort: BoolArray,
    unclaimed_audience: str = "cohort",
) -> BoolArray:
    """Return whom the viewer may see at all, as one truth value a person, shape ``(n,)``.

    Engines compute on this subgraph only, so that nothing leaks through a score. The deceased are
    in no search result and no suggestion, memorial or not, so they are left out here; staff find
    them when they search, and the hidden too where it is for their own sake.
    """
    hidden: BoolArray = (flags & HIDDEN) != 0
    alive: BoolArray = (flags & DECEASED) == 0
    if viewer.kind == "staff" and viewer.purpose in FOR_THEIR_SAKE:
        return np.ones(len(flags), bool)
    staff_sees: BoolArray = ~hidden
    if viewer.kind == "staff" and viewer.purpose == FINDING:
        return staff_sees
    if viewer.kind in ("staff", "engine"):
        return staff_sees & alive
    seen: BoolArray = ~hidden & ((flags & QUARANTINED) == 0)
    if viewer.kind == "analyst":
        return seen  # pseudonyms: the deceased stay in the figures
    seen &= alive
    claimed: BoolArray = (flags & CLAIMED) != 0
    seen &= (flags & REFUSED) == 0
    if viewer.kind != "alumnus":
        seen &= claimed & ((flags & PUBLIC) != 0)
        return seen
    if unclaimed_audience == "members":
        return seen
    near = same_group if unclaimed_audience == "group" else same_group | same_cohort
    seen &= claimed | near
    return seen


def counted(flags: npt.NDArray[np.uint16]) -> BoolArray:
    """Return who may stand in figures and in files for analysts, shape ``(n,)``.

    All of them have one population, or the difference of two counts would point at somebody: no
    one hidden, dead, in quarantine, or who has said no to being shown.
    """
    out = HIDDEN | DECEASED | QUARANTINED | REFUSED
    there: BoolArray = (flags & out) == 0
    return there


# Field: its audience when the person has set nothing.
DEFAULT_AUDIENCES: dict[str, str] = {
    "name": "members",
    "studies": "members",
    "interests": "members",
    "groups": "members",
    "about": "members",
    "city": "nobody",
    "employer": "nobody",
    "photo": "nobody",
    "contacts": "nobody",
    "events": "nobody",
    "connections": "nobody",
    "pass_on": "members",  # who may ask me to pass on a message, of those who are tied to me
    "languages": "members",
    "messages": "members",  # who may begin to write to me; new ones go last: see `packed`
}
AUDIENCES = ("nobody", "connections", "cohort", "members", "public")


def audiences(stored: Iterable[str] | None) -> dict[str, str]:
    """Return each field's audience: the defaults, changed by what the person has set.

    Who has said that nobody may see whom they know, and nothing of passing on, has said no to both.
    """
    said = {}
    for entry in stored or ():
        name, _, audience = entry.partition(":")
        if name in DEFAULT_AUDIENCES and audience in AUDIENCES:
            said[name] = audience
    if said.get("connections") == "nobody":
        said.setdefault("pass_on", "nobody")
    return DEFAULT_AUDIENCES | said


def passes_on(stored: Iterable[str] | None) -> bool:
    """Return whether somebody may stand between two people whom they know."""
    return audiences(stored).get("pass_on") != "nobody"


def may_write(
    fields: Iterable[str], stored: Iterable[str] | None, *, connected: bool, in_common: bool
) -> bool:
    """Return whether somebody, whom an alumnus sees, lets them begin to write.

    Parameters
    ----------
    fields
        What is shown to that alumnus, by `shown_fields`.
    connected
        Whether the two know each other; those are near, whatever they studied.
    in_common
        Whether they share a community, which is near as well.
    """
    near = audiences(stored)["messages"] == "cohort" and (connected or in_common)
    return "messages" in fields or near


def may_be_asked(stored: Iterable[str] | None) -> bool:
    """Return whether somebody can be asked to be a contact."""
    return audiences(stored)["messages"] != "nobody"


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


_FIELD_PLACE = {name: 3 * place for place, name in enumerate(DEFAULT_AUDIENCES)}


def packed(stored: Iterable[str] | None) -> int:
    """Return a person's settings as one integer: three bits a field, the place of its audience."""
    return sum(
        AUDIENCES.index(audience) << _FIELD_PLACE[name]
        for name, audience in audiences(stored).items()
    )


def field_mask(
    viewer: Viewer,
    field_name: str,
    settings: npt.NDArray[np.int64],
    *,
    flags: npt.NDArray[np.uint16],
    same_cohort: BoolArray,
    connected: BoolArray,
) -> BoolArray:
    """Return who shows one field to the viewer, of those whom `mask` lets the viewer see.

    Parameters
    ----------
    settings
        What `packed` made of each person's settings, shape ``(n,)``.
    same_cohort
        Who studied with the viewer, in one group or one cohort.
    """
    everyone = np.ones(len(settings), bool)
    if viewer.kind in ("staff", "engine"):
        return everyone
    if viewer.kind == "analyst":
        return everyone if field_name in ("studies", "interests") else ~everyone
    audience = (settings >> _FIELD_PLACE[field_name]) & 7
    shown: BoolArray = audience == AUDIENCES.index("public")
    if viewer.kind == "alumnus":
        shown |= audience == AUDIENCES.index("members")
        shown |= (audience == AUDIENCES.index("cohort")) & same_cohort
        shown |= (audience == AUDIENCES.index("connections")) & connected
        claimed = (flags & CLAIMED) != 0
        shown = np.where(claimed, shown, field_name in ("name", "studies"))
    return shown


def visibilities(viewer: Viewer) -> list[str]:
    """Return which events, groups and projects a viewer may see, by their `visibility`.

    Those of an import whose lawful ground nobody has named are 'quarantined': nobody sees them.
    """
    return ["public"] if viewer.kind == "anyone" else ["public", "members"]


def invited(event: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that an event which is for some members only is for that one."""
    return (
        "(EXISTS { MATCH (" + event + ")-[:INVITES]->(:Group)<-[:MEMBER_OF]-(" + person + ") }\n"
        "    OR EXISTS { MATCH (" + event + ")-[:INVITES]->(:Cohort)<-[:OF]-(:StudyGroup)"
        "<-[:STUDIED_IN]-(" + person + ") }\n"
        "    OR EXISTS { MATCH (" + event + ")-[:INVITES]->(:StudyGroup|Cohort)"
        "<-[:STUDIED_IN]-(" + person + ") })"
    )


def organises(event: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that somebody organises an event.

    As an organiser of a community that holds it, or of the reunion that became it.
    """
    return (
        "(EXISTS { MATCH (" + event + ")-[:HELD_BY]->(:Group)"
        "<-[:MEMBER_OF {role: 'organiser'}]-(" + person + ") }\n"
        "  OR EXISTS { MATCH (" + event + ")<-[:BECAME]-(:Reunion)"
        "<-[makes:ORGANISES]-(" + person + ") WHERE makes.role IN ['applicant', 'organiser'] })"
    )


def event_shown(event: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that somebody finds an event; what else is asked: see `of_viewer`.

    One that is for some members only is found by them, by who organises it and by staff; one that
    is not published yet by the latter two. One of an import without a lawful ground is found by
    nobody. `person` may stand for nobody.
    """
    return (
        "(coalesce(" + event + ".visibility, 'members') IN $visibilities\n"
        "  OR "
        + event
        + ".visibility IN ['invited', 'draft'] AND ($all OR "
        + organises(event, person)
        + ")\n"
        "  OR " + event + ".visibility = 'invited' AND " + invited(event, person) + ")"
    )


def project_shown(project: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that somebody finds a project; a draft: staff, its team, who is asked.

    `of_viewer` gives the parameters.
    """
    return (
        "(coalesce(" + project + ".visibility, 'members') IN $visibilities\n"
        "  OR " + project + ".visibility = 'draft' AND ($all OR EXISTS { (" + project
        + ")<-[:WORKS_ON]-(" + person + ") }\n    OR EXISTS { (" + project
        + ")<-[:FOR]-(:TeamInvitation {state: 'asked'})-[:TO]->(" + person + ") }))"
    )  # fmt: skip


def of_viewer(viewer: Viewer) -> dict[str, Any]:
    """Return the parameters with which `event_shown` is asked for a viewer."""
    return {
        "me": viewer.person_key or 0,
        "all": viewer.is_staff,
        "visibilities": visibilities(viewer),
    }


# A count of unnamed people below this is not shown in a reason, and below five in statistics.
SMALLEST_COUNT_IN_REASON = 3
SMALLEST_CELL = 5
