"""Who came to what, as the arrays that `graphnet.models` learns from and ranks with.

Only people who let the site learn from behaviour, and whom every member may see, are in it at all.
Who goes with whom is told by those alone who show members where they go; others count in sums of
three and more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from graphnet import privacy
from graphnet.models.eventlog import EventLog, Events, Moment, Person, series_key, title_words
from graphnet.models.shape import load_arrays, save_arrays
from graphnet.privacy import SMALLEST_COUNT_IN_REASON, Viewer
from graphnet.recommendations.items import Thing
from graphnet.recommendations.own import Mine
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray, Int64
from graphnet.store import Row, Store

NOWHERE = ""  # the group of events that no community holds

# Stream. One row: an event with everybody's answers: key, whether yes, when in milliseconds.
ANSWERS = """MATCH (e:Event)
WHERE e.starts_at IS NOT NULL AND coalesce(e.visibility, 'members') IN $visibilities
RETURN e.id AS id, e.title AS title, e.title_ru AS title_ru,
  coalesce(e.venue, e.venue_ru) AS venue,
  e.starts_at.epochMillis AS starts_at,
  [(e)-[:HELD_BY]->(g:Group) | g.id] AS groups,
  [(e)<-[:FOR]-(r:Registration)-[:BY]->(p:Person)
    WHERE r.state IN ['yes', 'no', 'waiting'] AND r.at IS NOT NULL
    | [p.key, CASE r.state WHEN 'no' THEN 0 ELSE 1 END, r.at.epochMillis]] AS answers
ORDER BY id"""

# Stream. One row: a community with its members: key, the day of joining in milliseconds.
MEMBERS = """MATCH (g:Group) WHERE coalesce(g.visibility, 'members') IN $visibilities
RETURN g.id AS id, [(g)-[:ABOUT]->(t:Topic) | t.id] AS topics,
  [(g)<-[m:MEMBER_OF]-(p:Person)
    | [p.key, CASE WHEN m.since IS NULL THEN 0
         ELSE datetime({year: m.since.year, month: m.since.month, day: m.since.day}).epochMillis
       END]] AS members
ORDER BY id"""

# Stream. One row: a project and who works on it.
HELPERS = """MATCH (j:Project) WHERE coalesce(j.visibility, 'members') IN $visibilities
RETURN j.id AS id, [(j)<-[:WORKS_ON]-(p:Person) | p.key] AS helpers ORDER BY id"""


class AudienceMoment(Moment):
    """What one member of many may know at a time.

    Sums are of everybody in the log who is not `hidden`, and none under three; who came with whom
    is known of those only who show where they go.

    Parameters
    ----------
    log, time : as for `Moment`
    hidden, shows : arrays (people,), bool
    """

    def __init__(self, log: EventLog, time: int, *, hidden: BoolArray, shows: BoolArray) -> None:
        super().__init__(log, time, hidden=hidden, fewest=SMALLEST_COUNT_IN_REASON)
        shown = Moment(log, time, hidden=hidden | ~shows)
        self.goers = shown.goers
        self.goers_start = shown.goers_start
        self.yes_of_person = shown.yes_of_person
        self.person_series = shown.person_series
        self.person_group = shown.person_group


@dataclass(frozen=True)
class Habit:
    """The log with the names of its rows.

    Attributes
    ----------
    events, groups : ids by position
    titles, titles_ru : by event
    shows : array (people,), bool
        Who shows every member where they go.
    members : CSR (people, things), float32
        Who is in which community or works on which project, of those who show it.
    things : ids of its columns
    """

    log: EventLog
    events: list[str]
    titles: list[str]
    titles_ru: list[str]
    venues: list[str]
    groups: list[str]
    topics: list[str]
    shows: BoolArray
    members: sp.csr_matrix
    things: list[str]
    event_place: dict[str, int]
    group_place: dict[str, int]
    thing_place: dict[str, int]

    @cached_property
    def owners(self) -> sp.csc_matrix:
        """The same memberships, by community and project."""
        return sp.csc_matrix(self.members)

    @cached_property
    def topic_place(self) -> dict[str, int]:
        """Position of each topic."""
        return {topic: i for i, topic in enumerate(self.topics)}

    def row(self, key: int) -> int:
        """Return the row of a person's key, -1 if they are not in the log."""
        place = int(np.searchsorted(self.log.key, key))
        inside = place < len(self.log.key) and self.log.key[place] == key
        return place if inside else -1

    def rows(self, keys: Iterable[int]) -> Int64:
        """Return the rows of those keys that are in the log."""
        wanted = np.asarray(sorted(keys), np.int64)
        places = np.searchsorted(self.log.key, wanted)
        inside = places < len(self.log.key)
        places, wanted = places[inside], wanted[inside]
        found: Int64 = places[self.log.key[places] == wanted].astype(np.int64)
        return found

    def moment(self, time: datetime, *, hidden: BoolArray) -> AudienceMoment:
        """Return what members may know at a time, of everybody but the rows `hidden`."""
        return AudienceMoment(self.log, milliseconds(time), hidden=hidden, shows=self.shows)

    def person(self, mine: Mine) -> Person:
        """Return a person as they are now, in the words of the log."""
        answers = [a for a in mine.answers if a.event in self.event_place] if mine.learns else []
        joined = [(since, g) for g, since in mine.groups.items() if g in self.group_place]
        place = self.topic_place
        topics = [place[t] for t in mine.stated if t in place and t not in mine.off]
        return Person(
            events=np.asarray([self.event_place[a.event] for a in answers], np.int64),
            yes=np.asarray([a.yes for a in answers], bool),
            answered=np.asarray([milliseconds(a.at) for a in answers], np.int64),
            groups=np.asarray([self.group_place[g] for _, g in joined], np.int64),
            joined=np.asarray(
                [milliseconds(since) if since else 0 for since, _ in joined], np.int64
            ),
            topics=np.asarray(sorted(topics), np.int64),
            position=self.row(mine.key),
        )

    def with_new(self, coming: Iterable[Thing]) -> "Habit":
        """Return the same with events that were announced since; nobody has answered them yet."""
        new = [thing for thing in coming if thing.id not in self.event_place]
        if not new:
            return self
        rows: list[Row] = [
            {
                "id": thing.id, "title": thing.title, "title_ru": thing.title_ru,
                "venue": thing.row.get("venue"),
                "starts_at": milliseconds(thing.begins) if thing.begins else 0,
                "groups": [group[0] for group in thing.row.get("groups", ())],
            }
            for thing in new
        ]  # fmt: skip
        old: list[Row] = [
            {
                "id": self.events[i], "title": self.titles[i], "title_ru": self.titles_ru[i],
                "venue": self.venues[i], "starts_at": int(self.log.events.start[i]),
                "groups": [self.groups[int(self.log.events.group[i])]],
            }
            for i in range(len(self.events))
        ]  # fmt: skip
        every = old + rows
        events = _events(every, self.groups, self.log.events.topics)
        return replace(
            self,
            log=replace(self.log, events=events),
            events=[row["id"] for row in every],
            titles=[row["title"] or "" for row in every],
            titles_ru=[row["title_ru"] or row["title"] or "" for row in every],
            venues=[row["venue"] or "" for row in every],
            event_place={row["id"]: i for i, row in enumerate(every)},
        )

    def save(self, path: Path) -> None:
        """Write it to one .npz file."""
        log, events = self.log, self.log.events
        facts = {
            "events": self.events, "titles": self.titles, "titles_ru": self.titles_ru,
            "venues": self.venues, "groups": self.groups, "topics": self.topics,
            "things": self.things,
        }  # fmt: skip
        arrays = {
            "key": log.key, "shows": self.shows,
            "reply_person": log.reply_person, "reply_event": log.reply_event,
            "reply_yes": log.reply_yes, "reply_at": log.reply_at,
            "member_person": log.member_person, "member_group": log.member_group,
            "joined_at": log.joined_at,
            "group": events.group, "start": events.start,
            "topic": events.topics.indices, "topic_start": events.topics.indptr,
            "thing": self.members.indices, "thing_start": self.members.indptr,
        }  # fmt: skip
        save_arrays(path, "habit", facts, arrays)

    @classmethod
    def load(cls, path: Path) -> "Habit":
        """Read what `save` wrote.

        Raises
        ------
        ModelMissing
        """
        facts, arrays = load_arrays(path, "habit")
        rows: list[Row] = [
            {
                "id": name, "title": facts["titles"][i], "title_ru": facts["titles_ru"][i],
                "venue": facts["venues"][i], "starts_at": int(arrays["start"][i]),
                "groups": [facts["groups"][int(arrays["group"][i])]],
            }
            for i, name in enumerate(facts["events"])
        ]  # fmt: skip
        topics = _ones(
            arrays["topic"], arrays["topic_start"], (len(facts["groups"]), len(facts["topics"]))
        )
        return _habit(
            rows,
            facts["groups"],
            facts["topics"],
            topics,
            key=arrays["key"],
            shows=arrays["shows"],
            replies=[arrays[f"reply_{name}"] for name in ("person", "event", "yes", "at")],
            memberships=[arrays[name] for name in ("member_person", "member_group", "joined_at")],
            members=_ones(
                arrays["thing"], arrays["thing_start"], (len(arrays["key"]), len(facts["things"]))
            ),
            things=facts["things"],
        )


def milliseconds(time: datetime) -> int:
    """Return a time as the log counts it."""
    return int(time.timestamp() * 1000)


def _ones(indices: Any, indptr: Any, shape: tuple[int, int]) -> sp.csr_matrix:
    return sp.csr_matrix((np.ones(len(indices), np.float32), indices, indptr), shape=shape)


def may_learn_from(snapshot: Snapshot, *, denied: Iterable[int] = ()) -> BoolArray:
    """Return whose behaviour may be counted for any member, by position."""
    member = Viewer("alumnus")
    seen = snapshot.visible_to(member, denied=denied)
    allowed: BoolArray = seen & ((snapshot.flags & privacy.NO_PROFILE) == 0)
    return allowed


def read_habit(store: Store, snapshot: Snapshot) -> Habit:
    """Read who came to what, from Neo4j; people as the snapshot's flags have them."""
    allowed = may_learn_from(snapshot)
    seen = privacy.visibilities(Viewer("alumnus"))
    member = Viewer("alumnus")
    shows = snapshot.showing(member, "events", allowed)
    shows_groups = snapshot.showing(member, "groups", allowed)
    rows = list(store.stream(ANSWERS, visibilities=seen))
    group_rows = list(store.stream(MEMBERS, visibilities=seen))
    groups = [NOWHERE, *(row["id"] for row in group_rows)]
    topics = sorted({topic for row in group_rows for topic in row["topics"]})
    place = {topic: i for i, topic in enumerate(topics)}
    about = sp.lil_matrix((len(groups), max(len(topics), 1)), dtype=np.float32)
    for g, row in enumerate(group_rows, start=1):
        for topic in row["topics"]:
            about[g, place[topic]] = 1
    answers = np.asarray(
        [(key, e, yes, at) for e, row in enumerate(rows) for key, yes, at in row["answers"]],
        np.int64,
    ).reshape(-1, 4)
    joined = np.asarray(
        [(key, g, at) for g, row in enumerate(group_rows, start=1) for key, at in row["members"]],
        np.int64,
    ).reshape(-1, 3)
    helpers = list(store.stream(HELPERS, visibilities=seen))
    works = np.asarray(
        [(key, j) for j, row in enumerate(helpers) for key in row["helpers"]], np.int64
    ).reshape(-1, 2)
    things = [*groups[1:], *(row["id"] for row in helpers)]

    def known(table: Any) -> tuple[Any, Any]:
        places = np.searchsorted(snapshot.keys, table[:, 0])
        inside = np.minimum(places, max(snapshot.n - 1, 0))
        good = (places < snapshot.n) & (snapshot.n > 0)
        if snapshot.n:
            good &= (snapshot.keys[inside] == table[:, 0]) & allowed[inside]
        return table[good], inside[good]

    answers, _ = known(answers)
    joined, join_place = known(joined)
    works, work_place = known(works)
    key = np.unique(np.concatenate([answers[:, 0], joined[:, 0], works[:, 0]]))
    position = np.searchsorted(snapshot.keys, key)
    shown_join, shown_work = shows_groups[join_place], shows_groups[work_place]
    who = np.concatenate([joined[shown_join][:, 0], works[shown_work][:, 0]])
    what = np.concatenate([joined[shown_join][:, 1] - 1, works[shown_work][:, 1] + len(group_rows)])
    members = sp.csr_matrix(
        (np.ones(len(who), np.float32), (np.searchsorted(key, who), what)),
        shape=(len(key), len(things)),
    )
    members.data[:] = 1
    person = np.searchsorted(key, answers[:, 0])
    order = np.lexsort((answers[:, 1], answers[:, 3], person))
    member = np.searchsorted(key, joined[:, 0])
    member_order = np.lexsort((joined[:, 1], joined[:, 2], member))
    return _habit(
        rows,
        groups,
        topics,
        sp.csr_matrix(about),
        key=key,
        shows=shows[position],
        replies=[
            person[order], answers[order, 1], answers[order, 2] == 1, answers[order, 3]
        ],
        memberships=[member[member_order], joined[member_order, 1], joined[member_order, 2]],
        members=members,
        things=things,
    )  # fmt: skip


def _events(rows: list[Row], groups: list[str], topics: sp.csr_matrix) -> Events:
    place = {group: i for i, group in enumerate(groups)}
    group = np.asarray(
        [min((place[g] for g in row["groups"] if g in place), default=0) for row in rows], np.int64
    )
    named = {text: i + 1 for i, text in enumerate(sorted({r["venue"] for r in rows if r["venue"]}))}
    kept: dict[tuple[int, str], int] = {}
    series = [
        kept.setdefault((int(g), series_key(row["title"] or "")), len(kept))
        for g, row in zip(group, rows, strict=True)
    ]
    return Events(
        group=group,
        venue=np.asarray([named.get(row["venue"] or "", 0) for row in rows], np.int64),
        series=np.asarray(series, np.int64),
        start=np.asarray([row["starts_at"] for row in rows], np.int64),
        words=title_words([row["title"] or "" for row in rows])
        if rows
        else sp.csr_matrix(np.zeros((0, 1), np.float32)),
        topics=topics,
    )


def _habit(
    rows: list[Row],
    groups: list[str],
    topics: list[str],
    about: sp.csr_matrix,
    *,
    key: Int64,
    shows: BoolArray,
    replies: list[npt.NDArray[Any]],
    memberships: list[Int64],
    members: sp.csr_matrix,
    things: list[str],
) -> Habit:
    log = EventLog(
        events=_events(rows, groups, about),
        people=len(key),
        key=np.asarray(key, np.int64),
        reply_person=replies[0].astype(np.int64),
        reply_event=replies[1].astype(np.int64),
        reply_yes=replies[2].astype(bool),
        reply_at=replies[3].astype(np.int64),
        member_person=memberships[0].astype(np.int64),
        member_group=memberships[1].astype(np.int64),
        joined_at=memberships[2].astype(np.int64),
        member_topics=_ones(
            np.zeros(0, np.int32),
            np.zeros(len(memberships[0]) + 1, np.int32),
            (len(memberships[0]), about.shape[1]),
        ),
    )
    return Habit(
        log=log,
        events=[row["id"] for row in rows],
        titles=[row["title"] or "" for row in rows],
        titles_ru=[row["title_ru"] or row["title"] or "" for row in rows],
        venues=[row["venue"] or "" for row in rows],
        groups=list(groups),
        topics=list(topics),
        shows=np.asarray(shows, bool),
        members=members,
        things=list(things),
        event_place={row["id"]: i for i, row in enumerate(rows)},
        group_place={group: i for i, group in enumerate(groups) if group},
        thing_place={thing: i for i, thing in enumerate(things)},
    )
