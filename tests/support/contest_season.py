"""A season of the contest among the hand-made association's people and some more, for tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from graphnet.contest import announcing, candidates, jurors, jury, nominations, seasons
from graphnet.contest.terms import Dates, Named, Terms, to_json
from graphnet.ledger import entries
from graphnet.ledger.rules import SeasonRules, completed, template
from graphnet.live import Live
from graphnet.mail import Letter
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.support.entries import season_rules
from tests.support.graphs import small_association

# Keys of people who are added: they know nobody and studied apart, so that they can judge anyone.
JURORS = (101, 102, 103, 104)
MEMBERS = (201, 202, 203, 204, 205)
STAFF_VIEWER = Viewer("staff", 8, "account-staff", purpose="contest")
LETTER = Letter("You are invited", "Answer on your own page.")

MAKE_MORE = """UNWIND $keys AS key
CREATE (p:Person:Alumnus {id: 'p' + toString(key), key: key, given_name: 'Имя' + toString(key),
  family_name: 'Фамилия' + toString(key), name_key: 'x', visibility: 'shown'})
CREATE (:Account {id: 'account-' + toString(key), email: 'p' + toString(key) + '@example.org',
  email_key: 'p' + toString(key) + '@example.org', roles: ['alumnus'], created_at: $now})-[:OF]->(p)
"""

TERMS = Terms(
    title="Ambassador Alumnus 2026",
    title_ru="Выпускник-амбассадор 2026",
    organiser="Alumni Association",
    organiser_ru="Ассоциация выпускников",
    place="On this site",
    place_ru="На этом сайте",
    prize="A statuette",
    prize_ru="Статуэтка",
    text="Who collaborated with alumni.",
    text_ru="Кто работал с выпускниками.",
    categories=(
        Named("ambassador", "Ambassador", "Амбассадор", 1),
        Named("mentor", "Mentor", "Наставник", 2),
    ),
    criteria=(Named("help", "Help", "Помощь"), Named("reach", "Liveliness", "Активность")),
    dates=Dates(
        entry_from=date(2026, 11, 1),
        entry_until=date(2026, 11, 10),
        check_until=date(2026, 11, 15),
        jury_until=date(2026, 11, 25),
        vote_until=date(2026, 12, 5),
        appeal_until=date(2026, 12, 12),
        archive_on=date(2027, 3, 1),
    ),
)
BEFORE = datetime(2026, 10, 20, 12, tzinfo=UTC)
ENTRY = datetime(2026, 11, 2, 12, tzinfo=UTC)
LATE_ENTRY = datetime(2026, 11, 8, 12, tzinfo=UTC)
CHECK = datetime(2026, 11, 12, 12, tzinfo=UTC)
JURY = datetime(2026, 11, 20, 12, tzinfo=UTC)
VOTE = datetime(2026, 12, 1, 12, tzinfo=UTC)
APPEAL = datetime(2026, 12, 8, 12, tzinfo=UTC)
DECISION = datetime(2026, 12, 20, 12, tzinfo=UTC)
ARCHIVE = datetime(2027, 4, 1, 12, tzinfo=UTC)
TEXT = (
    template()
    .replace("points_at_least = 10", "points_at_least = 0")
    .replace("modes_at_least = 2", "modes_at_least = 1")
)
RULES = season_rules("2026", TEXT)
SEALING = b"s" * 32


def alumnus(key: int) -> Viewer:
    """Return a member as they ask."""
    return Viewer("alumnus", key, f"account-{key}", frozenset({"alumnus"}))


def association(store: Store) -> Live:
    """Write the people of the season."""
    small_association(store)
    store.write(MAKE_MORE, keys=[*JURORS, *MEMBERS], now=datetime.now(UTC))
    return Live(store, folder=None)  # type: ignore[arg-type]


def draft(
    store: Store, season: str = "2026", terms: Terms = TERMS, rules: SeasonRules = RULES
) -> None:
    """Draft a season."""
    announcing.draft(
        store, STAFF_VIEWER, season, terms, rules=rules, now=BEFORE - timedelta(days=1)
    )


def announced(store: Store) -> Live:
    """Announce a season."""
    live = association(store)
    draft(store)
    announcing.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    return live


def enter(live: Live, key: int, category: str = "ambassador", *, by: int | None = None) -> str:
    """Nominate somebody and let them accept; return the nomination's id."""
    nomination = nominations.nominate(
        live, alumnus(by or key), "2026", category, LETTER, now=ENTRY, person_id=_id(key)
    )
    nominations.accept(
        live.store, alumnus(key), nomination, statement="What I did.", finalist_public=False,
        now=ENTRY,
    )  # fmt: skip
    return nomination


def seated(store: Store, key: int, name: str = "2026", *, now: datetime = CHECK) -> None:
    """Ask somebody into the jury, who agrees."""
    jurors.ask(store, STAFF_VIEWER, name, key, now=now)
    jurors.reply(store, alumnus(key), name, agrees=True, now=now)


def admitted(live: Live, *keys: int) -> list[str]:
    """Enter and admit people."""
    found = []
    for key in keys:
        nomination = enter(live, key)
        candidates.decide(
            live.store, STAFF_VIEWER, "2026", nomination, admit=True, reason="", now=CHECK
        )
        found.append(nomination)
    return found


def contributed(store: Store, key: int, kind: str, mode: str) -> None:
    """Enter a contribution of the season into the ledger."""
    store.in_write(
        lambda t: entries.record(
            t, person_key=key, kind=kind, mode=mode, happened_at=BEFORE - timedelta(days=30),
            act_id=f"test:{key}:{kind}", evidence={"what": kind},
        )
    )  # fmt: skip


def judged(live: Live, nominated: list[str], scores: tuple[int, ...] = (4, 6, 9)) -> None:
    """Let three jurors read every candidate."""
    for juror in JURORS[:3]:
        seated(live.store, juror)
    jury.assign_all(live.store, STAFF_VIEWER, "2026", now=CHECK)
    for juror, value in zip(JURORS[:3], scores, strict=True):
        for nomination in nominated:
            jury.score(
                live.store, alumnus(juror), "2026", nomination,
                {"help": value, "reach": min(10, value + 1)}, now=JURY,
            )  # fmt: skip


def with_dates(**days: date) -> Terms:
    """Return the terms with other days."""
    return replace(TERMS, dates=replace(TERMS.dates, **days))


def _id(key: int) -> str:
    names = {1: "anna", 2: "boris", 3: "vera", 4: "georgy", 5: "darya", 6: "evgeny", 7: "zhanna"}
    return names.get(key, f"p{key}")


def season(store: Store, viewer: Viewer = STAFF_VIEWER) -> seasons.Season:
    """The season as it stands."""
    return seasons.season(store, viewer, "2026")


BARE_SEASON = """CREATE (c:Contest {id: 'season-' + $season, season: $season, rules: $rules,
  rules_version: '1', rules_sha256: $sha256, seed: 'seed', announced_at: $now})
CREATE (:Announcement {id: 'announcement-' + $season, version: 1, terms: $terms, at: $now})
  -[:OF]->(c)"""


def season_of_year(store: Store, name: str, *, ends: date | None = None) -> SeasonRules:
    """Write an announced season that counts a calendar year, or the first part of it."""
    year = int(name)
    rules = completed(
        template(), season=name, starts=date(year, 1, 1), ends=ends or date(year, 12, 31)
    )
    store.write(
        BARE_SEASON,
        season=name,
        rules=rules.text,
        sha256=rules.sha256,
        terms=to_json(TERMS),
        now=BEFORE,
    )
    return rules
