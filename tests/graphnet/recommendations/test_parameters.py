"""What a reader is told of the weights is what counts: no part of a score is left untold."""

from pathlib import Path

from graphnet.recommendations import LISTS, scoring
from graphnet.recommendations.parameters import LEARNED_FROM, ORIGINS, PARAMETERS
from graphnet.store import Store
from tests.support.graphs import ANNA
from tests.support.recommended import association, site

# A part's name, where it is told by another one: parts of topics, the ranker's base and activity
# (the same for every event of a reader), and the choice among events of one week.
TOLD_AS = {"topic": "topic_said", "base": "", "activity": "", "choice": "", "habit": ""}


def test_every_list_says_what_it_is_made_from() -> None:
    assert PARAMETERS.keys() == set(LISTS)
    assert LEARNED_FROM.keys() <= PARAMETERS.keys()
    assert {one.origin for rows in PARAMETERS.values() for one in rows} == set(ORIGINS)


def test_the_weights_are_those_of_the_code() -> None:
    meet = {one.kind: one.weight for one in PARAMETERS["meet"]}
    assert meet == {
        "offers": scoring.OFFERS,
        "needs": scoring.NEEDS,
        "shared": scoring.SHARED,
    }
    requests = {one.kind: one.weight for one in PARAMETERS["requests"]}
    assert requests["topic_said"] == scoring.TOPICS_OF_REQUEST


def test_no_part_of_a_score_is_left_untold(store: Store, tmp_path: Path) -> None:
    association(store)
    made = site(store, tmp_path)
    try:
        for name in LISTS:
            told = {one.kind for one in PARAMETERS[name]} | {""}
            for item in made.of(ANNA).best(name, 10, explore=False):
                for part in item.parts:
                    kind = part.partition(":")[0]
                    assert TOLD_AS.get(kind, kind) in told, (name, part)
    finally:
        made.live.stop()
