"""The hand-made association with events, accounts and a snapshot, and an application on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts, engine
from graphnet.accounts.sessions import token_hash
from graphnet.computed import refresh
from graphnet.keys import trusted
from graphnet.ledger import backfill, entries
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.recovery import outreach, plans
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.graphs import ANNA, BORIS, DARYA, STAFF, VERA, ZHANNA, small_association
from webapp.app import create_app

PASSWORD = "a walk in the park 77"
TOKEN = "letter0to0anna00"
RECOVERY = Viewer("staff", account_id="account-8", purpose="recovery")
READERS = {"alumnus": ANNA, "staff": STAFF, "analyst": ZHANNA, "admin": DARYA}

MAKE_EVENTS = """
CREATE (t:Topic {id: 'optics', name: 'Optics', name_ru: 'Оптика'})
CREATE (g:Group {id: 'club', key: 1, name: 'Club', name_ru: 'Клуб', kind: 'club',
  visibility: 'members', created_at: $now})
CREATE (e:Event {id: 'evening', key: 1, title: 'Evening', title_ru: 'Вечер', kind: 'meeting',
  starts_at: $soon, time_zone: 'Europe/Moscow', visibility: 'public', capacity: 20})
CREATE (f:Festival {id: 'week', name: 'Alumni Week', name_ru: 'Неделя выпускников', year: 2026})
CREATE (e)-[:ABOUT]->(t) CREATE (g)-[:ABOUT]->(t) CREATE (e)-[:HELD_BY]->(g)
CREATE (e)-[:IN]->(f)
WITH e, g MATCH (p:Person) WHERE p.key IN $coming
CREATE (p)-[:MEMBER_OF {role: 'member'}]->(g)
CREATE (r:Registration {id: 'r' + p.id, state: 'yes', at: $now})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:BY]->(p)"""
# Vera, who is hidden, leads a project and would be named among its supporters.
MAKE_PROJECTS = """
CREATE (j:Project {id: 'roof', key: 1, name: 'Telescope', name_ru: 'Телескоп', kind: 'equipment',
  description: 'For the roof', goal: 100000, currency: 'RUB', visibility: 'public',
  created_at: $now})
WITH j MATCH (t:Topic {id: 'optics'}), (g:Group {id: 'club'})
CREATE (j)-[:ABOUT]->(t) CREATE (j)-[:HELD_BY]->(g)
CREATE (x:Expense {id: 'mount', amount: 700, at: $now, note: 'Mount / Монтировка'})-[:FOR]->(j)
WITH j MATCH (p:Person) WHERE p.key IN $team
CREATE (p)-[:WORKS_ON {role: CASE p.key WHEN $lead THEN 'lead' ELSE 'helper' END}]->(j)
CREATE (v:Pledge {id: 'v' + p.id, amount: 1000, state: 'received', at: $now, named: true})
CREATE (v)-[:FOR]->(j) CREATE (v)-[:BY]->(p)
CREATE (r:Receipt {id: 'g' + p.id, amount: 1000, at: $now})
CREATE (r)-[:FOR]->(j) CREATE (r)-[:BY]->(p)"""
SHOW_ALL = """MATCH (p:Person) SET p.audiences = ['city:members', 'events:members',
  'contacts:members', 'connections:members', 'employer:members'], p.about = 'about ' + p.id"""


def furnished(store: Store, home: Settings) -> Live:
    """Write the association with all that pages show, build its snapshot and follow it."""
    small_association(store)
    now = datetime.now(UTC)
    store.write(
        MAKE_EVENTS,
        now=now,
        soon=now + timedelta(days=3),
        coming=[ANNA, BORIS, VERA, DARYA, ZHANNA],
    )
    store.write(MAKE_PROJECTS, now=now, team=[BORIS, VERA, DARYA], lead=VERA)
    store.write(SHOW_ALL)
    contributions(store, now)
    store.write("MATCH (a:Account) DETACH DELETE a")
    for role, key in READERS.items():
        accounts.create_many(
            store, [{"email": f"{role}@example.org", "person_key": key, "roles": [role]}], PASSWORD
        )
    refresh(store, home.snapshots)
    following = Live(store, home.snapshots)
    following.start()
    _recovery_plan(following, home)
    return following


def contributions(store: Store, now: datetime) -> None:
    """Enter what the registrations tell, and acts that Vera, who is hidden, has a part in."""
    backfill.backfill(store)
    for act, who, kind, mode, participant in (
        ("talk", VERA, "talk", "volunteer", None),
        ("brought", ANNA, "referral", "communication", VERA),
        ("helped", ANNA, "helped", "volunteer", None),
    ):
        store.in_write(
            partial(
                entries.record, person_key=who, kind=kind, mode=mode, happened_at=now, act_id=act,
                evidence={"note": "as written"}, participant_key=participant,
            )
        )  # fmt: skip
    keeper = Viewer("staff", STAFF, "account", purpose="contributions")
    store.in_write(lambda t: entries.correct(t, keeper, "talk", "Vera Orlova, vera, was not there"))


def _recovery_plan(live: Live, home: Settings) -> None:
    """Plan to win the intake of 1998 back: one letter has gone, the rest is proposed."""
    plan_id = plans.create(live, RECOVERY, "cohorts", "optics98", 4)
    links = trusted(home, "links")
    outreach.arm(live.store, RECOVERY, plan_id, keys=links)
    letter = outreach.letters(live, RECOVERY, plan_id, keys=links)[0]
    outreach.send(live, RECOVERY, plan_id, letter.ask["id"], "post")
    live.store.write("MATCH (p:RecoveryPlan) SET p.id = 'plan'")
    live.store.write(
        "MATCH (a:Ask {id: $id}) SET a.id = 'ask', a.token_hash = $token_hash",
        id=letter.ask["id"],
        token_hash=token_hash(TOKEN),
    )


def site(live: Live, home: Settings) -> Flask:
    """Return the application, without the hurdles that other tests are about."""
    made = create_app(home, store=live.store, live=live)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return made


# Pseudonyms are made from it, and lists of them are in their order: drawn anew for each run, the
# first of a list would be another person each time, once in a while one unlike all the others.
SECRET = "the same in every run of the tests"


def own_home(settings: Settings, folder: Path) -> Settings:
    """Return the settings of a demo whose home is that folder, and whose key is always the same."""
    secret = folder / "secret-key"  # where other processes find it too
    if not secret.exists():
        folder.mkdir(parents=True, exist_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(SECRET, encoding="ascii")
    return replace(settings, home=folder, demo=True, secure_cookies=False)


def reader(app: Flask, role: str) -> FlaskClient:
    client = app.test_client()
    if role != "anyone":
        answer = client.post(
            "/sign-in", data={"email": f"{role}@example.org", "password": PASSWORD}
        )
        assert answer.status_code == 303, answer.text
    return client


@contextmanager
def followed(store: Store, home: Settings, accounts_of: list[dict[str, Any]]) -> Iterator[Live]:
    """Give people accounts, build the snapshot of whatever is in the graph and follow it.

    `accounts_of` is as `accounts.create_many` takes it.
    """
    accounts.create_many(store, accounts_of, PASSWORD)
    refresh(store, home.snapshots)
    following = Live(store, home.snapshots, rules=engine.rules(home))
    following.start()
    yield following
    following.stop()
