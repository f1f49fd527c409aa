"""Two seasons of the contest in the furnished association: one in the vote, one in the archive.

Vera stands in both and has won the past one; then she hides, so no page may name her to anybody.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from graphnet.contest import announcing, jury, nominations, support
from graphnet.contest.terms import Dates
from graphnet.live import Live
from graphnet.privacy import Viewer
from tests.support.contest_season import LETTER, TERMS, TEXT, seated
from tests.support.entries import season_rules
from tests.support.graphs import ANNA, DARYA, STAFF, VERA, ZHANNA
from tests.support.themselves import hide, show

STAFF_VIEWER = Viewer("staff", STAFF, "account-staff", purpose="contest")
ENTER = """MATCH (p:Person {key: $key}) MERGE (a:Account {email_key: 'v@example.org'})
ON CREATE SET a.id = 'account-vera', a.email = 'v@example.org', a.roles = ['alumnus']
MERGE (a)-[:OF]->(p) RETURN p.key AS key"""
NO_ACCOUNT = "MATCH (a:Account {email_key: 'v@example.org'}) DETACH DELETE a"
NAMED = """MATCH (n:Nomination)-[:IN]->(c:Contest) MATCH (n)-[:OF]->(p:Person)
SET n.id = 'n' + toString(p.key) + '-' + c.season"""
CODE = "MATCH (a:Award) SET a.code = 'certificate'"


def with_contest(live: Live) -> None:
    """Play a past season to its archive, and this one to the vote."""
    store = live.store
    show(store, VERA)
    store.write(ENTER, key=VERA)
    live.catch_up()
    today = datetime.now(UTC)
    for name, day in (("2025", today - timedelta(days=200)), ("2026", today - timedelta(days=28))):
        first = day.astimezone(ZoneInfo(TERMS.time_zone)).date()  # tomorrow, late in the evening
        days = [first + timedelta(days=n) for n in (1, 10, 15, 25, 40, 45, 100)]
        terms = replace(TERMS, dates=Dates(*days), title=f"Ambassador {name}")
        rules = season_rules(name, TEXT)
        announcing.draft(store, STAFF_VIEWER, name, terms, rules=rules, now=day)
        announcing.announce(store, STAFF_VIEWER, name, now=day)
        entry, jury_time = day + timedelta(days=3), day + timedelta(days=20)
        for key, person in ((VERA, "vera"), (DARYA, "darya")):
            nomination = nominations.nominate(
                live, Viewer("alumnus", ANNA, "a"), name, "ambassador", LETTER, now=entry,
                person_id=person,
            )  # fmt: skip
            who = Viewer("alumnus", key, "x")
            nominations.accept(
                store, who, nomination, statement="Statement.", finalist_public=True, now=entry
            )
            support.write_letter(
                store, Viewer("alumnus", ANNA, "a"), nomination, "A letter.", now=entry
            )
        # Darya is an administrator here, whom the rules would not admit.
        store.write("MATCH (n:Nomination {state: 'accepted'}) SET n.state = 'admitted'")
        seated(store, ZHANNA, name, now=jury_time)
        jury.assign_all(store, STAFF_VIEWER, name, now=jury_time)
        if name == "2025":
            store.write(
                """MATCH (n:Nomination)-[:OF]->(:Person {key: $key})
                MATCH (n)-[:IN]->(c:Contest {season: '2025'})
                CREATE (a:Award {id: 'won', code: 'x', category: 'ambassador', place: 1, at: $now})
                CREATE (a)-[:IN]->(c) CREATE (a)-[:TO]->(n) SET c.published_at = $now""",
                key=VERA, now=today - timedelta(days=90),
            )  # fmt: skip
    store.write(NAMED)
    store.write(CODE)
    store.write(NO_ACCOUNT)
    hide(store, VERA)
    live.catch_up()
