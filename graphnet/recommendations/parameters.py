"""What each list is made from, with the weights that the code itself uses: nothing is copied here.

A reader sees from which of their data a list comes, how much each counts, and which switch ends it.
Three lists are learned from what people do (`LEARNED_FROM`); the others are sums of what is listed.
"""

from dataclasses import dataclass
from math import log2

from graphnet.models.event_features import FAMILY_OF
from graphnet.models.events import RULE
from graphnet.recommendations import interests, scoring

# Where a part comes from, which says what ends it: my own words ("said"), what I did here ("did"),
# others who show it ("others"), or the thing itself ("thing").
SAID, DID, OTHERS, THING = ORIGINS = ("said", "did", "others", "thing")


@dataclass(frozen=True)
class Parameter:
    """One thing that counts in a list: what, from where, and how much at most or each."""

    kind: str
    origin: str
    weight: float


def _topics(scale: float) -> tuple[Parameter, ...]:
    return (
        Parameter("topic_said", SAID, scale),
        Parameter("topic_done", DID, scale * interests.FROM_BEHAVIOUR),
        Parameter("less", SAID, scoring.LESS),
    )


_COMPANY = (Parameter("mates", OTHERS, scoring.MATES * log2(2)),)
_JOINED = (
    *_topics(1.0),
    Parameter("own_group", SAID, scoring.OWN_GROUP),
    Parameter("my_city", SAID, scoring.MY_CITY),
    *_COMPANY,
    Parameter("members", OTHERS, scoring.MEMBERS * log2(2)),
    Parameter("learned", DID, scoring.LEARNED),
)


def _habits() -> tuple[Parameter, ...]:
    """What the rule of events counts before anything has been learned, summed by family."""
    sums: dict[str, float] = {}
    for name, weight in RULE.items():
        family = FAMILY_OF[name]
        sums[family] = sums.get(family, 0.0) + weight
    return tuple(Parameter(family, DID, weight) for family, weight in sums.items())


# list: what counts in it.
PARAMETERS: dict[str, tuple[Parameter, ...]] = {
    "events": (
        *_topics(scoring.TOPICS_ALWAYS + scoring.TOPICS_OF_NEWCOMER),
        *_COMPANY,
        *_habits(),
    ),
    "groups": _JOINED,
    "projects": _JOINED,
    "meet": (
        Parameter("offers", SAID, scoring.OFFERS),
        Parameter("needs", SAID, scoring.NEEDS),
        Parameter("shared", SAID, scoring.SHARED),
    ),
    "requests": (Parameter("i_offer", SAID, scoring.OFFERS), *_topics(scoring.TOPICS_OF_REQUEST)),
    "news": (*_topics(1.0), Parameter("fresh", THING, scoring.FRESH)),
    "services": (
        *_topics(1.0),
        Parameter("i_need", SAID, scoring.NEEDS),
        Parameter("for_all", THING, scoring.FOR_ALL),
    ),
    "businesses": (
        *_topics(1.0),
        Parameter("i_need", SAID, scoring.NEEDS),
        Parameter("my_city", SAID, scoring.MY_CITY),
    ),
}

# Lists in which weights are learned from what everybody who lets it be learned from has done.
LEARNED_FROM: dict[str, str] = {
    "events": "answers",
    "groups": "memberships",
    "projects": "memberships",
}
