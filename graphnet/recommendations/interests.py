"""What the system believes that somebody is interested in, and where each belief comes from.

    weight = stated, or imported; else 0.6 s / (s + 2), s the sum over what the person came to,
             joined and opened, each shared among the topics of the thing and fading over a year

Behaviour is looked at only while its person allows it; a topic that is switched off counts nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import exp, sqrt

from graphnet.recommendations.own import Mine

YEAR = 365.0
FROM_BEHAVIOUR = 0.6
HALF = 2.0
OF_ANSWER, OF_MEMBERSHIP, OF_CLICK = 1.0, 2.0, 0.5

TopicsOf = Callable[[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class Belief:
    """One topic that somebody is believed to be interested in.

    Attributes
    ----------
    sources
        Of 'stated', 'import', 'behaviour'.
    events, groups, clicks
        How many of each speak for it.
    off
        The person has switched it off: it counts nothing.
    """

    topic: str
    weight: float
    sources: tuple[str, ...]
    events: int = 0
    groups: int = 0
    clicks: int = 0
    off: bool = False


def believed(mine: Mine, topics_of: TopicsOf, *, now: datetime) -> dict[str, Belief]:
    """Return what is believed of a person now, by topic, those switched off included.

    Parameters
    ----------
    topics_of
        Topic ids of a thing, by its list and id.
    """
    sums: dict[str, list[float]] = {}  # weight, events, groups, clicks
    if mine.learns:
        for answer in mine.answers:
            if answer.yes or answer.came:
                age = max((now - answer.at).total_seconds() / 86400, 0.0)
                _add(sums, topics_of("events", answer.event), OF_ANSWER * exp(-age / YEAR), 1)
        for group in mine.groups:
            _add(sums, topics_of("groups", group), OF_MEMBERSHIP, 2)
        for name, item in mine.clicks:
            _add(sums, topics_of(name, item), OF_CLICK, 3)
    found = {}
    for topic in sorted({*mine.stated, *sums, *mine.off}):
        weight, sources = 0.0, []
        if topic in mine.stated:
            weight, imported = mine.stated[topic]
            sources.append("import" if imported else "stated")
        s, *counts = sums.get(topic, [0.0, 0, 0, 0])
        if s:
            sources.append("behaviour")
            weight = max(weight, FROM_BEHAVIOUR * s / (s + HALF))
        off = topic in mine.off
        found[topic] = Belief(
            topic,
            0.0 if off else weight,
            tuple(sources),
            events=int(counts[0]),
            groups=int(counts[1]),
            clicks=int(counts[2]),
            off=off,
        )
    return found


def _add(sums: dict[str, list[float]], topics: tuple[str, ...], weight: float, place: int) -> None:
    for topic in topics:
        entry = sums.setdefault(topic, [0.0, 0, 0, 0])
        entry[0] += weight / sqrt(len(topics))
        entry[place] += 1
