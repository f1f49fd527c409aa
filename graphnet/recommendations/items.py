"""The words of this room: the lists, a thing that may be recommended, a reason, an item.

An item's score is exactly the sum of its parts; a reason is one or more of those parts with the
evidence behind them, in names and numbers and not in sentences.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from graphnet.models.eventlog import series_key
from graphnet.people import Card

LISTS = ("events", "groups", "projects", "meet", "requests", "news", "services", "businesses")


@dataclass(frozen=True)
class Topic:
    """A topic by id, with its name in both languages, and its kind in `graphnet.delicate`.

    The kind is known in `Things.topics`; of the topics of a thing it is not asked.
    """

    id: str
    name: str
    name_ru: str
    delicate: str = ""


@dataclass(frozen=True)
class Thing:
    """Something that may be recommended, and what a page needs to show it."""

    list: str
    id: str
    title: str
    title_ru: str
    topics: tuple[Topic, ...]
    row: dict[str, Any] = field(default_factory=dict)
    begins: datetime | None = None
    ends: datetime | None = None

    @cached_property
    def marks(self) -> frozenset[str]:
        """Topics and communities by which it is like others."""
        holders = (group[0] for group in self.row.get("groups", ()))
        return frozenset(topic.id for topic in self.topics) | frozenset(holders)

    @cached_property
    def series(self) -> str:
        """Its title without numbers: of its series there is one on a short list."""
        return series_key(self.title)


@dataclass(frozen=True)
class Reason:
    """Evidence for an item.

    Attributes
    ----------
    kind
        What it is: topic, offers, needs, group_habit, company ... (`webapp` puts it into words).
    part
        What it added to the score.
    name, name_ru, thing
        What it names: a topic, a community, a past event, and its id.
    count
        How many, where it counts.
    people
        Who, as far as the viewer may see them.
    """

    kind: str
    part: float
    name: str = ""
    name_ru: str = ""
    thing: str = ""
    count: int = 0
    people: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Item:
    """One recommended thing.

    Attributes
    ----------
    parts
        What each piece of evidence added, by its kind or ``kind:id``; they sum to `score`.
    reasons
        The strongest of what spoke for it, strongest first.
    card
        The person, in the list of people.
    explored
        Whether it stands here to be tried and not by its score.
    propensity
        How likely this item was to be shown here.
    """

    thing: Thing
    score: float
    parts: dict[str, float]
    reasons: tuple[Reason, ...]
    card: Card | None = None
    explored: bool = False
    propensity: float = 1.0

    @property
    def id(self) -> str:
        """The id of the thing."""
        return self.thing.id

    @property
    def list(self) -> str:
        """The list that it comes from."""
        return self.thing.list
