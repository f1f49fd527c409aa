"""The unit that has a request hears of it by letter, names nobody, and answers by letter."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from graphnet.errors import BadValue, NotAllowed, ThingNotFound
from graphnet.requests import forms, hours, reminders, threads, unit_letters, units, work
from graphnet.requests.closing import close
from graphnet.requests.forms import KindForm
from graphnet.requests.opening import ask
from graphnet.settings import Settings
from graphnet.store import Store
from tests.graphnet.requests.test_addressees import MONDAY
from tests.graphnet.requests.test_replies import CLERK, KINDS, ME, graph, home, letter, take
from tests.support.letters import delivered
from tests.support.refused import refused

__all__ = ["graph", "home"]
DESK = "archive@university.example"


@pytest.fixture
def form(graph: Store) -> KindForm:
    """Certificates are the archive's, which takes letters in Russian."""
    unit_letters.set_desk(graph, CLERK, "archive", f" {DESK} ", "ru")
    made = KindForm("document", 0, "Certificate", "Справка", done_hours=16, unit="archive")
    return forms.save(graph, CLERK, made)


def asked(graph: Store, form: KindForm, *, now: datetime = MONDAY) -> str:
    return ask(graph, ME, KINDS["document"], "Анна Иванова, 1998", "Мне 50 лет", form=form, now=now)


def to_unit(graph: Store, home: Settings) -> list[Any]:
    return [one for one in delivered(graph, home) if one["To"] == DESK]


def remind(graph: Store, at: datetime) -> int:
    return reminders.remind(SimpleNamespace(store=graph), now=at)  # type: ignore[arg-type]


def test_it_comes_is_due_and_late_and_names_nobody(
    graph: Store, home: Settings, form: KindForm
) -> None:
    request = asked(graph, form)
    (came,) = to_unit(graph, home)
    assert came["Subject"].endswith(": Справка") and "по вашей части" in came["Subject"]
    text = came.get_content()
    assert request in text and "25.11.2026" in text and "Справка" in text
    for word in ("Анна", "Иванова", "50 лет", "anna"):
        assert word not in text + str(came["Subject"]) + str(came["Reply-To"])
    due = hours.after(MONDAY, form.done)
    soon = due - timedelta(hours=2)
    remind(graph, soon)
    remind(graph, soon + timedelta(minutes=30))
    assert [one["Subject"].split(":")[0] for one in to_unit(graph, home)][1:] == ["Скоро срок"]
    remind(graph, due + timedelta(hours=1))
    remind(graph, due + timedelta(hours=2))
    assert [one["Subject"].split(":")[0] for one in to_unit(graph, home)][2:] == ["Срок прошёл"]
    close(graph, CLERK, KINDS, request, "Here it is")
    remind(graph, due + timedelta(days=9))
    assert len(to_unit(graph, home)) == 3


def test_its_answer_is_a_note_and_whoever_has_it_is_told(
    graph: Store, home: Settings, form: KindForm
) -> None:
    request = asked(graph, form, now=datetime.now(UTC))
    work.claim(graph, CLERK, request)
    to = str(to_unit(graph, home)[0]["Reply-To"])
    answer = letter(to, "It lies in the second room.", sender=DESK)
    assert take(graph, home, answer) == "filed"
    assert take(graph, home, answer) == "duplicate"
    notes = [one for one in threads.for_staff(graph, CLERK, request) if one.kind == "note"]
    assert [(one.by, one.text) for one in notes] == [("unit", "It lies in the second room.")]
    assert not [one for one in threads.for_asker(graph, request, ME) if one.kind == "note"]
    assert [one["To"] for one in delivered(graph, home)][-1] == "clerk@example.org"
    # The address is that unit's: it opens nothing once the request is another's, or closed.
    graph.write("CREATE (:Unit {id: 'museum', kind: 'department', name: 'Museum'})")
    units.pass_to(graph, CLERK, request, "museum", "Is it on show?")
    assert take(graph, home, letter(to, "Again", sender=DESK)) == "unknown"
    assert len(to_unit(graph, home)) == 1, "the museum takes no letters"
    units.pass_to(graph, CLERK, request, "archive", "The year is on the back.")
    assert "The year is on the back." in to_unit(graph, home)[-1].get_content()
    close(graph, CLERK, KINDS, request, "Here it is")
    assert take(graph, home, letter(to, "Late", sender=DESK)) == "old"


def test_what_cannot_be_its_address(graph: Store) -> None:
    for email, language, what in (("x", "ru", "email"), ("a@b.example\nBcc: x", "ru", "email"),
                                  (DESK, "fr", "language")):  # fmt: skip
        with refused(BadValue, what):
            unit_letters.set_desk(graph, CLERK, "archive", email, language)
    with pytest.raises(ThingNotFound):
        unit_letters.set_desk(graph, CLERK, "nowhere", DESK, "ru")
    with pytest.raises(NotAllowed):
        unit_letters.set_desk(graph, ME, "archive", DESK, "ru")
    unit_letters.set_desk(graph, CLERK, "archive", DESK, "en")
    unit_letters.set_desk(graph, CLERK, "archive", "", "en")
    (row,) = [one for one in unit_letters.desks(graph, CLERK) if one["id"] == "archive"]
    assert (row["email"], row["language"]) == ("", "en")
