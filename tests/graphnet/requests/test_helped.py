"""Whoever asked says that an answer helped: one entry in the ledger, by that word alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from graphnet.errors import ThingNotFound
from graphnet.ledger import backfill, chain
from graphnet.requests import helped, referrals
from graphnet.store import Store
from tests.graphnet.requests.test_addressees import CLERK, HER, KINDS, ME, ZH, graph, request_id
from tests.support.graphs import DARYA
from tests.support.themselves import erase

__all__ = ["graph", "request_id"]
ENTERED = """MATCH (c:Contribution {kind: 'helped'})
OPTIONAL MATCH (e:Evidence {act_id: c.act_id})-[:OF]->(p:Person)
RETURN c.act_id AS act, c.mode AS mode, p.key AS key, e.facts AS facts ORDER BY act LIMIT 9"""


@pytest.fixture
def answered(graph: Store, request_id: str) -> str:
    """Darya was asked and has answered; Zhanna was asked and has not."""
    first = referrals.ask(graph, CLERK, KINDS, request_id, "darya", "Can you help?")
    referrals.ask(graph, CLERK, KINDS, request_id, "zhanna", "And you?")
    referrals.answer(graph, HER, first, "Use the second laboratory.")
    graph.write("MATCH (j:Job {kind: 'mail'}) DELETE j")
    return first


def test_it_counts_once_and_the_helper_is_told(
    graph: Store, request_id: str, answered: str
) -> None:
    (helper,) = helped.helpers(graph, ME, request_id)
    assert helper.helped_at is None and helper.person is not None
    assert helper.person.id == "darya", "who has not answered is not in the list"

    def say(_: int) -> None:
        helped.say(graph, ME, request_id, answered)

    with ThreadPoolExecutor(4) as several:
        list(several.map(say, range(4)))
    (row,) = graph.read(ENTERED)
    assert (row["act"], row["mode"], row["key"]) == (f"helped:{answered}", "volunteer", DARYA)
    assert "anna" not in row["facts"] and "лазер" not in row["facts"]
    assert chain.broken_link(graph) is None
    assert backfill.backfill(graph)["helped"] == 0, "the same act has the same name"
    letters = graph.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload LIMIT 9")
    assert len(letters) == 1 and "requests.helped" in letters[0]["payload"]
    assert helped.subject(graph, answered) == "Измерения на лазере"
    assert helped.helpers(graph, ME, request_id)[0].helped_at is not None


def test_only_who_asked_says_so_of_who_has_answered(
    graph: Store, request_id: str, answered: str
) -> None:
    rows = graph.read("MATCH (f:Referral)-[:TO]->({id: 'zhanna'}) RETURN f.id AS id LIMIT 1")
    for viewer, referral in (
        (HER, answered), (ZH, answered), (ME, rows[0]["id"]), (ME, "never-was")
    ):  # fmt: skip
        with pytest.raises(ThingNotFound):
            helped.say(graph, viewer, request_id, referral)
    assert not graph.read(ENTERED)
    erase(graph, HER, DARYA)
    assert not helped.helpers(graph, ME, request_id)
    with pytest.raises(ThingNotFound):
        helped.say(graph, ME, request_id, answered)


def test_a_visitor_says_so_to_nobody_they_can_see(
    graph: Store, request_id: str, answered: str
) -> None:
    """Nor does somebody thank themselves by another address of theirs."""
    own = graph.read("MATCH (a:Account)-[:OF]->({id: 'darya'}) RETURN a.email AS email LIMIT 1")
    with pytest.raises(ThingNotFound):
        helped.say_as_visitor(graph, request_id, answered)  # a member has asked it
    leave = "MATCH (r:Request {id: $id})<-[a:ASKED]-() SET r.visitor = $visitor DELETE a"
    graph.write(leave, id=request_id, visitor=own[0]["email"].upper())
    assert helped.visitors_helpers(graph, request_id) == []
    with pytest.raises(ThingNotFound):
        helped.say_as_visitor(graph, request_id, answered)
    graph.write("MATCH (r:Request {id: $id}) SET r.visitor = 'v@example.org'", id=request_id)
    (helper,) = helped.visitors_helpers(graph, request_id)
    assert (helper.person, helper.helped_at) == (None, None)
    for _ in range(2):
        helped.say_as_visitor(graph, request_id, answered)
    (row,) = graph.read(ENTERED)
    assert (row["act"], row["key"]) == (f"helped:{answered}", DARYA)
    assert "v@example.org" not in row["facts"]
    letters = graph.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload LIMIT 9")
    assert len(letters) == 1 and "v@example.org" not in letters[0]["payload"]
    assert helped.visitors_helpers(graph, request_id)[0].helped_at is not None
