"""One live link a group: made, shown again, renewed, revoked, run out; its token is not stored."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from graphnet.errors import Conflict, NotAllowed, ThingNotFound
from graphnet.onboarding import invitation_links
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.support.graphs import ANNA, STAFF, ZHANNA, small_association

KEYS = (b"a key of the tests",)
ANNA_ASKS = Viewer("alumnus", ANNA, "account-1")
STAFF_ASKS = Viewer("staff", STAFF, "account-8", purpose="invitations")


@pytest.fixture(autouse=True)
def association(store: Store) -> None:
    small_association(store)


def test_a_link_is_made_once_and_shown_again(store: Store) -> None:
    assert invitation_links.current(store, ANNA_ASKS, "A", keys=KEYS) is None
    made = invitation_links.make(store, ANNA_ASKS, "A", keys=KEYS)
    assert invitation_links.make(store, STAFF_ASKS, "A", keys=KEYS) == made
    assert invitation_links.current(store, ANNA_ASKS, "A", keys=KEYS) == made
    assert timedelta(days=29) < made.expires_at - datetime.now(UTC) <= timedelta(days=30)
    facts = invitation_links.opened(store, made.token)
    assert (facts.id, facts.code, facts.intake_year) == ("A", "221", 1998)


def test_the_graph_holds_no_token(store: Store) -> None:
    made = invitation_links.make(store, ANNA_ASKS, "A", keys=KEYS)
    held = store.read("MATCH (i:Invitation) RETURN properties(i) AS all LIMIT 10")
    assert made.token not in str(held)
    with pytest.raises(ThingNotFound):
        invitation_links.opened(store, held[0]["all"]["nonce"])


def test_with_another_key_the_link_opens_and_is_not_shown(store: Store) -> None:
    made = invitation_links.make(store, ANNA_ASKS, "A", keys=KEYS)
    shown = invitation_links.current(store, ANNA_ASKS, "A", keys=(b"another",))
    assert shown is not None
    assert shown.token == ""
    assert invitation_links.opened(store, made.token).id == "A"


def test_only_members_and_staff_with_a_purpose(store: Store) -> None:
    stranger = Viewer("alumnus", ZHANNA, "account-7")
    for ask in (invitation_links.make, invitation_links.renew, invitation_links.current):
        for group in ("A", "nowhere"):
            with pytest.raises(ThingNotFound):
                ask(store, stranger, group, keys=KEYS)
    with pytest.raises(ThingNotFound):
        invitation_links.make(store, Viewer("anyone"), "A", keys=KEYS)
    with pytest.raises(NotAllowed):
        invitation_links.make(store, Viewer("staff", STAFF), "A", keys=KEYS)


def test_renewed_and_revoked_links_stop_at_once(store: Store) -> None:
    first = invitation_links.make(store, ANNA_ASKS, "A", keys=KEYS)
    second = invitation_links.renew(store, ANNA_ASKS, "A", keys=KEYS)
    assert second.token != first.token
    with pytest.raises(ThingNotFound):
        invitation_links.opened(store, first.token)
    assert invitation_links.revoke(store, ANNA_ASKS, "A") == 0
    with pytest.raises(ThingNotFound):
        invitation_links.opened(store, second.token)
    with pytest.raises(Conflict):
        invitation_links.revoke(store, ANNA_ASKS, "A")
    acts = store.read(
        "MATCH (a:AuditEntry) WHERE a.act STARTS WITH 'invitation' RETURN a.act AS act "
        "ORDER BY a.at LIMIT 9"
    )
    assert [row["act"] for row in acts] == [
        "invitation.make", "invitation.renew", "invitation.revoke",
    ]  # fmt: skip


def test_a_link_runs_out(store: Store) -> None:
    made = invitation_links.make(store, ANNA_ASKS, "A", keys=KEYS, days=0)
    with pytest.raises(ThingNotFound):
        invitation_links.opened(store, made.token)
    assert invitation_links.make(store, ANNA_ASKS, "A", keys=KEYS).id != made.id


def test_two_who_come_at_once_make_one_link(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(
            pool.map(lambda _: invitation_links.make(store, ANNA_ASKS, "A", keys=KEYS), range(4))
        )
    assert len({one.token for one in made}) == 1
