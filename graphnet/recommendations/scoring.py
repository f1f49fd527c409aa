"""What speaks for each candidate, as parts that sum to its score; the evidence comes with them.

Weights are fixed and few. An event's learned or habitual score counts the more, the more is known
of its reader; topics count the less then.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from math import exp, log2, sqrt

import numpy as np
import numpy.typing as npt

from graphnet.models.event_features import describe
from graphnet.models.events import RankedEvents
from graphnet.models.explain import event_reasons
from graphnet.privacy import SMALLEST_COUNT_IN_REASON
from graphnet.recommendations.items import Reason, Thing
from graphnet.recommendations.reader import Person

# Topic weights of an event: for somebody who has answered nothing, and how soon that fades.
TOPICS_OF_NEWCOMER, TOPICS_ALWAYS, ANSWERS_TO_KNOW = 1.5, 0.5, 5.0
LESS = -0.4
MATES = 0.3
MEMBERS = 0.01
FOR_ALL = 0.05
LEARNED = 1.0
OWN_GROUP = 0.5
MY_CITY = 0.6
FRESH, FRESH_DAYS = 0.5, 30.0
OFFERS, NEEDS, SHARED = 1.0, 0.7, 0.15
TOPICS_OF_REQUEST = 0.4
NEW_DAYS = 14

# The community's topics: the event's own are told instead.
UNTOLD = ("topics",)
NEEDS_NAME = ("member", "group_habit", "series_habit", "words", "place")

Keys = tuple[int, ...]


@dataclass
class Candidate:
    """A thing with what speaks for it; `explain` gives its reasons, each with the keys of people.

    Attributes
    ----------
    marks
        Topics and communities by which it is like others.
    fresh
        Whether hardly anybody can have answered it yet.
    """

    thing: Thing
    parts: dict[str, float]
    explain: Callable[[], list[tuple[Reason, Keys]]]
    marks: frozenset[str] = frozenset()
    fresh: bool = False
    person_key: int | None = None
    place: int = -1  # the row of an event's evidence
    score: float = field(init=False)

    def __post_init__(self) -> None:
        self.score = float(sum(self.parts.values()))


def topic_parts(me: Person, thing: Thing, *, scale: float = 1.0) -> dict[str, float]:
    """What the thing's topics add, each by itself, and what "less like this" takes away."""
    parts = {}
    for topic in thing.topics:
        weight = me.weights.get(topic.id)
        if weight:
            parts[f"topic:{topic.id}"] = weight * scale / sqrt(len(thing.topics))
    if me.mine.less and thing.topics:
        fewer = sum(me.mine.less.get(topic.id, 0) for topic in thing.topics)
        if fewer:
            parts["less"] = LESS * fewer / sqrt(len(thing.topics))
    return parts


def topic_reasons(thing: Thing, parts: dict[str, float]) -> list[tuple[Reason, Keys]]:
    """The topics that spoke for a thing."""
    return [
        (Reason("topic", parts[key], topic.name, topic.name_ru, topic.id), ())
        for topic in thing.topics
        if parts.get(key := f"topic:{topic.id}", 0.0) > 0
    ]


def score_events(me: Person, things: list[Thing]) -> list[Candidate]:
    """Score coming events: the ranker's score of the evidence, topics, and who goes.

    The ranker's score is one part here, ``habit``; `split_habit` splits it for those that are
    shown.
    """
    company = me.company()
    scale = TOPICS_ALWAYS + TOPICS_OF_NEWCOMER / (1 + len(me.mine.answers) / ANSWERS_TO_KNOW)
    if company is not None:
        places = np.asarray([company.habit.event_place[thing.id] for thing in things], np.int64)
        me.evidence = describe(company.moment, company.person, places)
        scores = company.ranker.scores(me.evidence)
        mates = company.mates_at()[places]
    found = []
    for i, thing in enumerate(things):
        parts = topic_parts(me, thing, scale=scale)
        if company is not None:
            parts["habit"] = float(scores[i])
            if mates[i]:
                parts["mates"] = MATES * log2(1 + int(mates[i]))
        announced = thing.row.get("created_at")
        found.append(
            Candidate(
                thing,
                parts,
                partial(_event_reasons, me, thing, parts, i),
                thing.marks,
                fresh=announced is None or (me.now - announced).days < NEW_DAYS,
                place=i,
            )
        )
    return found


def split_habit(me: Person, candidates: list[Candidate]) -> None:
    """Split the ranker's score of events that are to be shown over its families of evidence."""
    company = me.company()
    mine = [c for c in candidates if "habit" in c.parts]
    if company is None or not mine:
        return
    places = [c.place for c in mine]
    evidence = me.evidence[places]
    base, parts = company.ranker.contributions(evidence)
    events = np.asarray([company.habit.event_place[c.thing.id] for c in mine], np.int64)
    ranked = RankedEvents(events, base + parts.sum(axis=1), evidence, parts, base)
    told = event_reasons(company.moment, company.person, ranked, most=12)
    me.told = dict(zip(places, told, strict=True))
    by_family = ranked.by_family()
    for i, candidate in enumerate(mine):
        del candidate.parts["habit"]
        candidate.parts["base"] = base
        for family, values in by_family.items():
            if values[i]:
                candidate.parts[family] = float(values[i])


def _event_reasons(
    me: Person, thing: Thing, parts: dict[str, float], place: int
) -> list[tuple[Reason, Keys]]:
    """Reasons for an event whose score `split_habit` has split."""
    reasons = topic_reasons(thing, parts)
    company = me.company()
    if company is None:
        return reasons
    if "mates" in parts:
        keys = company.mates_of(company.habit.event_place[thing.id])
        reasons.append((Reason("mates", parts["mates"], count=len(keys)), keys))
    held = thing.row.get("groups") or [["", "", ""]]
    for reason in me.told[place]:
        name, name_ru, thing_id = "", "", ""
        count, keys = int(reason.count), ()
        if reason.kind in ("member", "group_habit"):
            thing_id, name, name_ru = held[0]
        elif reason.kind in ("series_habit", "words") and len(reason.things):
            past = int(reason.things[0])
            name, name_ru = company.habit.titles[past], company.habit.titles_ru[past]
            thing_id = company.habit.events[past]
        elif reason.kind == "place":
            places = thing.row.get("venue"), thing.row.get("venue_ru")
            name, name_ru = places[0] or places[1] or "", places[1] or places[0] or ""
        elif reason.kind == "company":
            keys = tuple(int(company.habit.log.key[row]) for row in reason.people)
            count = len(keys)
        if reason.kind in UNTOLD or (reason.kind in NEEDS_NAME and not name):
            continue
        reasons.append((Reason(reason.kind, reason.part, name, name_ru, thing_id, count), keys))
    return reasons


def score_groups(me: Person, things: list[Thing]) -> list[Candidate]:
    """Score communities: topics, the city, what people have in common, groupmates in it."""
    return _joined(me, things, "groups")


def score_projects(me: Person, things: list[Thing]) -> list[Candidate]:
    """Score projects to help or support: topics, my communities, what people have in common."""
    return _joined(me, things, "projects")


def _joined(me: Person, things: list[Thing], name: str) -> list[Candidate]:
    learned = me.learned([thing.id for thing in things])
    company = me.company()
    together = company.together() if company is not None else {}
    found = []
    for thing in things:
        parts = topic_parts(me, thing)
        if learned.get(thing.id):
            parts["learned"] = LEARNED * learned[thing.id]
        held = [g for g in thing.row.get("groups", ()) if g[0] in me.mine.groups]
        if held:
            parts["own_group"] = OWN_GROUP
        near = [c for c in thing.row.get("places", ()) if c[0] in me.mine.places]
        if near and thing.row.get("kind") == "regional":
            parts["my_city"] = MY_CITY
        mates, members = together.get(thing.id, (0, 0))
        if mates:
            parts["mates"] = MATES * log2(1 + mates)
        if members >= SMALLEST_COUNT_IN_REASON:
            parts["members"] = MEMBERS * log2(1 + members)

        def explain(
            thing: Thing = thing, parts: dict[str, float] = parts, members: int = members,
            held: list[list[str]] = held, near: list[list[str]] = near,
        ) -> list[tuple[Reason, Keys]]:  # fmt: skip
            reasons = topic_reasons(thing, parts)
            if "own_group" in parts:
                reasons.append(
                    (Reason("own_group", OWN_GROUP, held[0][1], held[0][2], held[0][0]), ())
                )
            if "my_city" in parts:
                reasons.append((Reason("my_city", MY_CITY, near[0][1], near[0][2]), ()))
            if company is not None and "mates" in parts:
                keys = company.mates_in(thing.id)
                reasons.append((Reason("mates", parts["mates"], count=len(keys)), keys))
            if "members" in parts:
                reasons.append((Reason("members", parts["members"], count=members), ()))
            if "learned" in parts:
                reasons += me.why_learned(thing.id, parts["learned"])
            return reasons

        found.append(Candidate(thing, parts, explain, thing.marks))
    return found


def score_news(me: Person, things: list[Thing]) -> list[Candidate]:
    """Score news of the university: topics, and how lately it came."""
    found = []
    for thing in things:
        parts = topic_parts(me, thing)
        days = max((me.now - thing.row["at"]).total_seconds() / 86400, 0.0)
        parts["fresh"] = FRESH * exp(-days / FRESH_DAYS)
        found.append(_plain(thing, parts, Reason("fresh", parts["fresh"])))
    return found


def score_services(me: Person, things: list[Thing]) -> list[Candidate]:
    """Score services: topics, and what the person looks for. Nobody can pay for a place here."""
    found = []
    for thing in things:
        parts = topic_parts(me, thing)
        wanted = _matches("i_need", me.mine.needs, thing, NEEDS)
        wanted["for_all"] = Reason("for_all", FOR_ALL)
        found.append(
            _plain(thing, parts | {k: r.part for k, r in wanted.items()}, *wanted.values())
        )
    return found


def score_businesses(me: Person, things: list[Thing]) -> list[Candidate]:
    """Score businesses of alumni whom the person may see: topics, what they look for, their city.

    Nobody can pay for a place here, and one's own is not suggested.
    """
    found = []
    for thing in things:
        owner = thing.row["owner"]
        if owner == me.mine.key or not me.may_see(owner):
            continue
        parts = topic_parts(me, thing)
        wanted = _matches("i_need", me.mine.needs, thing, NEEDS)
        near = [city for city in thing.row["places"] if city[0] in me.mine.places]
        if near:
            wanted["my_city"] = Reason("my_city", MY_CITY, near[0][1], near[0][2])
        found.append(
            _plain(thing, parts | {k: r.part for k, r in wanted.items()}, *wanted.values())
        )
    return found


def score_requests(me: Person, things: list[Thing]) -> list[Candidate]:
    """Score requests that the person could answer: what they offer, then their interests."""
    found = []
    for thing in things:
        if not me.may_see(thing.row["asker"]) or thing.row["asker"] == me.mine.key:
            continue
        parts = topic_parts(me, thing, scale=TOPICS_OF_REQUEST)
        able = _matches("i_offer", me.mine.offers, thing, OFFERS)
        found.append(_plain(thing, parts | {k: r.part for k, r in able.items()}, *able.values()))
    return found


def _matches(
    kind: str, mine: frozenset[str], thing: Thing, weight: float
) -> dict[str, Reason]:  # fmt: skip
    return {
        f"{kind}:{topic.id}": Reason(
            kind, weight / sqrt(len(thing.topics)), topic.name, topic.name_ru, topic.id
        )
        for topic in thing.topics
        if topic.id in mine
    }


def _plain(thing: Thing, parts: dict[str, float], *reasons: Reason) -> Candidate:
    return Candidate(
        thing,
        parts,
        lambda: topic_reasons(thing, parts) + [(reason, ()) for reason in reasons],
        thing.marks,
    )


def score_people(me: Person, seen: frozenset[str]) -> list[Candidate]:
    """Score people to meet: what they offer that I look for, and the other way round.

    Only people who show members what they offer and look for are looked at, of them those whom the
    reader may see.
    """
    things = me.shelf_things
    parts: dict[int, dict[str, float]] = {}
    for topic in sorted(me.mine.needs - me.mine.off):
        for place in things.by_offer.get(topic, ()):
            share = OFFERS / sqrt(len(things.talents[place].offers))
            parts.setdefault(place, {})[f"offers:{topic}"] = share
    for topic in sorted(me.mine.offers - me.mine.off):
        for place in things.by_need.get(topic, ()):
            share = NEEDS / sqrt(len(things.talents[place].needs))
            parts.setdefault(place, {})[f"needs:{topic}"] = share
    places = sorted(parts)
    keys = np.asarray([things.talents[place].key for place in places], np.int64)
    good, ids = me.people_to_meet(keys)
    alike = me.interests_of(keys[good], most=3)
    found = []
    for place, key, fits, name in zip(places, keys.tolist(), good.tolist(), ids, strict=True):
        if not fits or name in seen or ("meet", name) in me.mine.dismissed:
            continue
        mine = parts[place]
        for topic in alike.get(key, ()):
            mine[f"shared:{topic}"] = SHARED * me.weight(topic)
        thing = Thing("meet", name, "", "", ())

        def explain(mine: dict[str, float] = mine) -> list[tuple[Reason, Keys]]:
            reasons: list[tuple[Reason, Keys]] = []
            for what, part in mine.items():
                kind, _, topic = what.partition(":")
                named = things.topics[topic]
                reasons.append((Reason(kind, part, named.name, named.name_ru, topic), ()))
            return reasons

        marks = frozenset(what.partition(":")[2] for what in mine)
        found.append(Candidate(thing, mine, explain, marks, person_key=key))
    return found


def features(candidates: Iterable[Candidate]) -> npt.NDArray[np.float32]:
    """What likeness is measured in: one column a topic or community; shape (n, marks)."""
    rows = list(candidates)
    column = {mark: i for i, mark in enumerate(sorted({m for c in rows for m in c.marks}))}
    out = np.zeros((len(rows), max(len(column), 1)), np.float32)
    for i, candidate in enumerate(rows):
        for mark in candidate.marks:
            out[i, column[mark]] = 1
    return out
