"""What is entered in Russian alone is read in both languages, and corrected in both."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from graphnet.bilingual import as_entered
from graphnet.businesses import reading as directory
from graphnet.businesses import writing as businesses
from graphnet.events import editing as events
from graphnet.events.content import Content as EventContent
from graphnet.groups import editing as groups
from graphnet.groups.content import Content as GroupContent
from graphnet.privacy import Viewer
from graphnet.projects import editing as projects
from graphnet.projects.content import Content as ProjectContent
from graphnet.store import Store
from graphnet.weeks import frame
from tests.support.graphs import ANNA, STAFF, small_association

OFFICE = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "correct a text")
ME = Viewer("alumnus", ANNA, "account-1")
DAY = datetime.now().replace(microsecond=0) + timedelta(days=30)

Kind = tuple[Callable[[Store], str], Callable[[Store, str], Any], Callable[[Store, str, Any], Any]]


def business_id(store: Store) -> str:
    return businesses.write(store, ME, businesses.Words(name_ru="Линза", about_ru="Стекло."))


def business_words(store: Store, made: str) -> Any:
    held = directory.one(store, ME, made)
    with pytest.raises(businesses.Meanwhile) as told:  # what stands there, as who is late is told
        businesses.change(store, ME, made, businesses.Words("x", "", "x"), version=0)
    assert (held.name, held.name_ru) == ("Линза", "Линза")
    return told.value.now


KINDS: dict[str, Kind] = {
    "event": (
        lambda store: events.create(store, OFFICE, EventContent(title_ru="Вечер", starts=DAY)),
        lambda store, made: events.one(store, OFFICE, made).content,
        lambda store, made, said: events.change(store, OFFICE, made, said, version=1),
    ),
    "community": (
        lambda store: groups.found(store, OFFICE, GroupContent(name_ru="Бег"))[0],
        lambda store, made: groups.editable(store, OFFICE, made).content,
        lambda store, made, said: groups.change(store, OFFICE, made, said, version=1),
    ),
    "project": (
        lambda store: projects.create(
            store, OFFICE, ProjectContent(name_ru="Линза", description_ru="Шлифуем.")
        ),
        lambda store, made: projects.one(store, OFFICE, made).content,
        lambda store, made, said: projects.change(store, OFFICE, made, said, version=1),
    ),
    "business": (
        business_id,
        business_words,
        lambda store, made, said: businesses.change(store, ME, made, said, version=1),
    ),
    "week": (
        lambda store: frame.create(
            store, OFFICE, frame.Frame(name_ru="Неделя", days=(frame.Day(date.today()),))
        ),
        lambda store, made: frame.one(store, OFFICE, made).frame,
        lambda store, made, said: frame.change(store, OFFICE, made, said, version=1),
    ),
}
# One row: what lists read of it in English.
READ = "MATCH (n {id: $id}) RETURN coalesce(n.title, n.name) AS named LIMIT 1"


@pytest.mark.parametrize("kind", KINDS)
def test_who_reads_english_reads_what_was_corrected(store: Store, kind: str) -> None:
    small_association(store)
    make, held, change = KINDS[kind]
    made = make(store)
    entered = held(store, made)
    name = "title" if kind == "event" else "name"
    assert getattr(entered, name) == "", "no copy stands in the form"
    before = getattr(entered, f"{name}_ru")
    assert store.run_alone(READ, id=made)[0]["named"] == before, "every list has a name"
    change(store, made, replace(entered, **{f"{name}_ru": "Исправлено"}))
    assert store.run_alone(READ, id=made)[0]["named"] == "Исправлено"


@pytest.mark.parametrize(
    ("english", "russian", "entered"),
    [
        ("Evening", "Вечер", ("Evening", "Вечер")),
        ("Вечер", "Вечер", ("", "Вечер")),
        ("Café 2026", "Café 2026", ("Café 2026", "")),
        ("Evening", None, ("Evening", "")),
        (None, None, ("", "")),
    ],
)
def test_two_equal_texts_are_one(
    english: str | None, russian: str | None, entered: tuple[str, str]
) -> None:
    found = as_entered({"name": english, "name_ru": russian}, ("name",))
    assert (found["name"], found["name_ru"]) == entered
