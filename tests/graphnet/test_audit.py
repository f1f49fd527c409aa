"""The trail of what is read: written together at the end of a page, and never left out."""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from graphnet import audit
from graphnet.privacy import Viewer
from graphnet.store import Store, listened

STAFF = Viewer("staff", None, "account", purpose="today")


def trail(store: Store) -> list[tuple[str, str, tuple[int, ...]]]:
    found = audit.entries(store, act="read")
    return sorted((one.purpose, one.detail, one.keys) for one in found)


@contextmanager
def written(store: Store) -> Iterator[list[str]]:
    with listened() as asked:
        yield asked
    asked[:] = [query for query in asked if "CREATE (a:AuditEntry" in query]


def test_what_a_page_reads_is_written_at_its_end_in_one_transaction(store: Store) -> None:
    with written(store) as writes, audit.reads_together(store):
        audit.have_read(store, STAFF, "2 people", {7, 5})
        audit.have_read(store, STAFF.for_purpose("requests"), "1 people", [9])
        assert trail(store) == [], "nothing is waited for meanwhile"
    assert len(writes) == 1
    assert trail(store) == [("requests", "1 people", (9,)), ("today", "2 people", (5, 7))]


def test_a_page_that_fails_has_read_all_the_same(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), audit.reads_together(store):
        audit.have_read(store, STAFF, "1 people", [5])
        raise ZeroDivisionError
    assert trail(store) == [("today", "1 people", (5,))]


def test_what_goes_on_beside_a_page_is_written_after_its_end(store: Store) -> None:
    with audit.reads_together(store):
        beside = contextvars.copy_context()
    beside.run(audit.have_read, store, STAFF, "1 people", [5])
    audit.have_read(store, STAFF, "1 people", [6])
    assert trail(store) == [("today", "1 people", (5,)), ("today", "1 people", (6,))]


def test_a_page_that_reads_nobody_writes_nothing(store: Store) -> None:
    with written(store) as writes, audit.reads_together(store):
        pass
    assert writes == []
