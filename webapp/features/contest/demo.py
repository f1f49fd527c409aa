"""The contest in the demo: last year's season in the archive, this year's in the members' vote.

Everything is done by the calls that the pages make, each at the time at which it would have been
done. Candidates are those with most of the season in the ledger; jurors are members without a tie
to any of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from graphnet import accounts
from graphnet.accounts import account_by_email
from graphnet.contest import (
    announcing,
    archive,
    candidates,
    jurors,
    jury,
    nominations,
    publication,
    seasons,
    support,
    voting,
)
from graphnet.contest.terms import Dates, Named, Terms
from graphnet.engine import Engine
from graphnet.engine import rules as rules_of
from graphnet.keys import key, trusted
from graphnet.ledger import entries, manual, reader
from graphnet.ledger.rules import SeasonRules, completed, read_rules, template
from graphnet.live import Live
from graphnet.mail import Letter
from graphnet.people import of_origins
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store

# What candidates did, as staff enter it: kind, mode, how long before the season's end, in days.
DONE = (
    ("event_organised", "volunteer", 40),
    ("talk", "volunteer", 120),
    ("gift", "philanthropic", 200),
    ("attended", "experiential", 60),
    ("mentoring", "volunteer", 160),
    ("news", "communication", 90),
    ("referral", "communication", 75),
)
STATEMENTS = (
    "Собираю свой набор раз в год, привожу тех, о ком давно не было слышно.",
    "Провожу встречи со студентами и помогаю с первой работой.",
    "Веду сообщество выпускников в своём городе, на каждой встрече бывает человек тридцать.",
    "Организую лекции выпускников на кафедре и записываю их для тех, кто далеко.",
    "Нашла контакты половины своей группы и продолжаю искать остальных.",
)
LETTER = "С нашей встречи уехали с новыми знакомствами все, кто пришёл. Очень рекомендую."


@dataclass(frozen=True)
class Member:
    """A registered member of the demo."""

    key: int
    person_id: str
    email: str

    @property
    def viewer(self) -> Viewer:
        """As they ask."""
        return Viewer("alumnus", self.key, f"demo-{self.key}", frozenset({"alumnus"}))


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Play last year's season to its decision and this year's to the vote."""
    store, settings = engine.store, engine.settings
    staff_account = account_by_email(store, people["staff"]["email"])
    assert staff_account is not None
    staff = Viewer(
        "staff", staff_account.person_key, staff_account.id, frozenset({"staff"}), "contest"
    )
    rules = rules_of(settings)
    live = Live(store, settings.snapshots, rules=rules)
    live.start()
    try:
        members = _members(store)
        demo = of_origins(store, [f"synth:person:{people['alumnus']['id']}"])
        me = next(iter(demo.values()))[0]
        others = [member for member in members if member.key != me]
        if len(others) < 130:  # too small an association for two seasons with a jury
            return
        today = datetime.now(UTC)
        past = today.year - 1
        began = datetime(past, 5, 10, 9, tzinfo=UTC)
        _season(live, settings, staff, str(past), others, began=began, to="decision")
        # So far along that the members' vote runs for another week.
        began = today - timedelta(days=45)
        _season(live, settings, staff, str(today.year), others[40:], began=began, to="vote")
    finally:
        live.stop()


def _members(store: Store) -> list[Member]:
    """Members with an account and no role but that of an alumnus, in the order of their keys."""
    found = [
        Member(one.person_key, one.person_id, one.email)
        for skip in range(0, 400, 100)
        for one in accounts.accounts(store, role="alumnus", skip=skip, limit=100)[0]
        if one.person_key is not None and one.roles == ("alumnus",) and not one.hidden
    ]
    return sorted(found, key=lambda member: member.key)


def _season(
    live: Live, settings: Settings, staff: Viewer, name: str, members: list[Member], *,
    began: datetime, to: str,
) -> None:  # fmt: skip
    store = live.store
    # In the season's own zone: late in the evening it is tomorrow there already.
    day = began.astimezone(ZoneInfo(Terms.time_zone)).date()
    terms = _terms(name, day)
    event = next(iter(announcing.events_to_choose(store)), None)
    if event is not None and to == "vote":
        terms = replace(terms, event=event["id"])
    starts, ends = window(terms, began, seasons.rules(store))
    rules = completed(template(), season=name, starts=starts, ends=ends)
    announcing.draft(store, staff, name, terms, rules=rules, now=began)
    announcing.announce(store, staff, name, now=began)
    at = {
        phase: began + timedelta(days=days)
        for phase, days in (("entry", 3), ("check", 13), ("jury", 20), ("vote", 43))
    }
    stands = _enter(live, staff, name, members[:24], began=began, at=at["entry"])
    jurors = members[24:60]
    _jury(live, staff, name, stands, jurors, at=at)
    _vote(store, settings, name, members[60:90], stands, at=at["vote"])


def publish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Publish last year's season, once everything that people did in it has been entered."""
    store, settings = engine.store, engine.settings
    account = account_by_email(store, people["staff"]["email"])
    assert account is not None
    staff = Viewer("staff", account.person_key, account.id, frozenset({"staff"}), "contest")
    now = datetime.now(UTC)
    sealing = key(settings, "seasons")
    for found in seasons.seasons(store, staff):
        if found.phase(now) != "decision":
            continue
        over = found.terms.ends(found.terms.dates.appeal_until) + timedelta(hours=1)
        note = "Демонстрационный сезон."
        publication.publish(store, staff, found.season, key=sealing, now=over, note=note)
        # Something always comes later: a counter-entry, appended to the season.
        lines, _ = reader.entries(store, staff, read_rules(found.rules), limit=1)
        for line in lines:
            manual.take_back(store, staff, line.entry.act_id, "Лекцию прочитал другой выпускник")
        archive.freeze_late(store, staff, found.season, key=sealing, now=now)


def window(terms: Terms, began: datetime, before: list[SeasonRules]) -> tuple[date, date]:
    """Return the first and last day whose acts count: up to the vote, for a year at most."""
    first = began.date() - timedelta(days=365)
    after = max((one.ends for one in before), default=first) + timedelta(days=1)
    return max(first, after), terms.dates.vote_until


def _terms(name: str, day: date) -> Terms:
    last = {
        "entry_from": 1, "entry_until": 10, "check_until": 16, "jury_until": 38, "vote_until": 52,
        "appeal_until": 59, "archive_on": 120,
    }  # fmt: skip
    return Terms(
        title=f"Ambassador Alumnus {name}",
        title_ru=f"Выпускник-амбассадор {name}",
        organiser="Alumni Association",
        organiser_ru="Ассоциация выпускников",
        place="On this site; awards at the Alumni Week",
        place_ru="На этом сайте; вручение на Неделе выпускников",
        prize="A statuette, and a lecture of one's own at the university",
        prize_ru="Статуэтка и собственная лекция в университете",
        text="Every alumnus who has registered can stand, nominated by others or by themselves.",
        text_ru="Участвовать может каждый зарегистрированный выпускник: его выдвигают другие "
        "или он сам.",
        categories=(
            Named("ambassador", "Ambassador of the year", "Амбассадор года", 1),
            Named("mentor", "Mentor of the year", "Наставник года", 1),
        ),
        criteria=(
            Named("work", "Work with alumni", "Работа с выпускниками"),
            Named("growth", "Bringing people together", "Объединение людей"),
            Named("example", "An example for others", "Пример для других"),
        ),
        dates=Dates(**{key: day + timedelta(days=days) for key, days in last.items()}),
    )


def _enter(
    live: Live, staff: Viewer, name: str, members: list[Member], *, began: datetime, at: datetime
) -> dict[str, Member]:
    """Let five members stand, each nominated by another, and admit them."""
    store = live.store
    stands: dict[str, Member] = {}
    letter = Letter("Вас выдвинули", "Ответьте на своей странице.")
    for place, member in enumerate(members[:5]):
        done = [
            entries.NewEntry(
                person_key=member.key, kind=kind, mode=mode,
                happened_at=began - timedelta(days=days + place),
                act_id=f"demo:{name}:{member.key}:{kind}", evidence={"what": kind},
                entered_by=staff.account_id,
            )
            for kind, mode, days in DONE[: 7 - place]
        ]  # fmt: skip
        _record(store, done)
        category = "mentor" if place % 2 else "ambassador"
        by = members[10 + place] if place else member
        nomination = nominations.nominate(
            live, by.viewer, name, category, letter, now=at, person_id=member.person_id
        )
        nominations.accept(
            store, member.viewer, nomination, statement=STATEMENTS[place],
            finalist_public=place % 2 == 0, now=at,
        )  # fmt: skip
        if place:
            support.write_letter(store, by.viewer, nomination, LETTER, now=at)
        candidates.decide(store, staff, name, nomination, admit=True, reason="", now=at)
        stands[nomination] = member
    return stands


def _record(store: Store, done: list[entries.NewEntry]) -> None:
    store.in_write(lambda transaction: entries.record_many(transaction, done))


def _jury(
    live: Live, staff: Viewer, name: str, stands: dict[str, Member], members: list[Member], *,
    at: dict[str, datetime],
) -> None:  # fmt: skip
    """Take five members without a tie to any candidate into the jury, and let them score."""
    store = live.store
    found = seasons.season(store, staff, name)
    taken: list[Member] = []
    for member in members:
        if len(taken) == 5:
            break
        jurors.ask(store, staff, name, member.key, now=at["check"])
        tied = jury.progress(store, staff, found).conflicts
        if any(juror == member.key for juror, _ in tied):
            jurors.remove(store, staff, name, member.key, now=at["check"])
        else:
            jurors.reply(store, member.viewer, name, agrees=True, now=at["check"])
            taken.append(member)
    given = jury.assign_all(store, staff, name, now=at["check"])
    for place, nomination in enumerate(stands):
        for member in taken:
            if member.key in given[nomination]:
                scores = {
                    criterion.key: 4 + (member.key + 2 * place + i) % 6
                    for i, criterion in enumerate(found.terms.criteria)
                }
                jury.score(store, member.viewer, name, nomination, scores, now=at["jury"])


def _vote(
    store: Store, settings: Settings, name: str, members: list[Member],
    stands: dict[str, Member], *, at: datetime,
) -> None:  # fmt: skip
    sealing, choices = trusted(settings, "ballots"), list(stands)
    for place, member in enumerate(members):
        receipt = voting.take(store, member.viewer, name, voting.numbers(), keys=sealing, now=at)
        wanted = [choices[place % len(choices)], choices[(place * place) % len(choices)]]
        voting.cast(store, name, receipt, wanted, keys=sealing, now=at)
