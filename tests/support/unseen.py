"""Those whom a page must not show, in the furnished association, each with a part in everything.

Five who are there in five ways: Vera has hidden, Rimma has said no to being shown to members, Klim
lies in quarantine, Evgeny has died, Erast is erased. Each studies with Anna, is tied to everybody
who reads, and comes, gives, leads, asks, answers, stands and is sought. All of it is written while
they are to be seen and stands in the snapshot; then they go, so that what no longer names them does
so at once.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from graphnet import accounts, changes
from graphnet.accounts.sessions import token_hash
from graphnet.computed import refresh
from graphnet.influence.wishes import Wish
from graphnet.ledger import entries
from graphnet.live import Live
from graphnet.model import term
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.contest_furnished import with_contest
from tests.support.furnished import PASSWORD, furnished
from tests.support.graphs import ANNA, EVGENY, VERA
from tests.support.themselves import erase, hide, show

STRANGER, CONTACT, RIMMA, KLIM, ERAST = 9, 10, 31, 32, 34


@dataclass(frozen=True)
class Unseen:
    """One of them: the id, and the words by which a page would show them."""

    key: int
    id: str
    given: str
    family: str
    why: str

    def fill(self, pattern: str) -> str:
        """Put their id for ``{}``, and the end of the names of what is theirs for ``{key}``."""
        return pattern.replace("{key}", str(self.key)).replace("{}", self.id)

    @property
    def words(self) -> tuple[str, ...]:
        """What stands in no answer."""
        return self.given, self.family, self.id, f"about {self.id}", f"{self.id}@example.org"


UNSEEN = (
    Unseen(VERA, "vera", "Вера", "Орлова", "hidden"),
    Unseen(RIMMA, "rimma", "Римма", "Рябинина", "refused"),
    Unseen(KLIM, "klim", "Клим", "Карантинов", "quarantined"),
    Unseen(EVGENY, "evgeny", "Евгений", "Попов", "dead"),
    Unseen(ERAST, "erast", "Эраст", "Забелин", "erased"),
)
NOBODY = Unseen(999, "nobody0", "", "", "unknown")

MAKE_READERS = """UNWIND [[$stranger, 'semyon', 'Семён', 'Далёкий'],
  [$contact, 'tamara', 'Тамара', 'Знакомая']] AS row
CREATE (p:Person:Alumnus {key: row[0], id: row[1], given_name: row[2], family_name: row[3],
  name_key: row[1], visibility: 'shown'})"""
MAKE_UNSEEN = """UNWIND $rows AS row
MERGE (p:Person {key: row.key}) SET p:Alumnus, p += row.own
REMOVE p.died_on
MERGE (p)-[:HAS]->(:ContactPoint {id: 'mail-' + p.id, kind: 'email', value: p.id + '@example.org',
  value_key: p.id + '@example.org'})
MERGE (a:Account {id: 'account-of-' + toString(p.key)}) SET a.email = p.id + '@example.org',
  a.email_key = p.id + '@example.org', a.roles = ['alumnus'], a.created_at = $now
MERGE (a)-[:OF]->(p)
CREATE (:Session {id: 'session-' + toString(p.key), token_hash: 'x' + p.id, created_at: $now,
  seen_at: $now, expires_at: $now + duration('P9D'), device: 'x'})-[:HELD_BY]->(a)
WITH p, row MATCH (g:StudyGroup {id: 'A'})
MERGE (p)-[s:STUDIED_IN]->(g)
SET s.from_term = $from, s.to_term = $to, s.role = 'student', s.how = 'admitted'"""
# Everything that anybody can have a part in; one of each for each of them.
TAKE_PART = """UNWIND $keys AS number MATCH (p:Person {key: number})
WITH p, toString(number) AS key
MATCH (club:Group {id: 'club'}), (evening:Event {id: 'evening'}), (past:Event {id: 'reunion'}),
  (roof:Project {id: 'roof'}), (optics:Topic {id: 'optics'}), (anna:Person {id: 'anna'}),
  (boris:Person {id: 'boris'}), (darya:Person {id: 'darya'}), (place:Place {id: 'town'}),
  (works:Organisation {id: 'works'}), (plan:AmbassadorPlan {id: 'set'}),
  (recovery:RecoveryPlan {id: 'plan'}), (asked:Ask {id: 'ask'}), (group:StudyGroup {id: 'A'}),
  (line:Request {id: 'open-question'}), (semyon:Person {id: 'semyon'}), (bread:Perk {id: 'bread'})
MERGE (p)-[m:MEMBER_OF]->(club) SET m.role = 'organiser'
MERGE (p)-[w:WORKS_ON]->(roof) SET w.role = 'lead'
MERGE (p)-[books:KEEPS_BOOKS]->(roof) SET books.role = 'treasurer', books.since = datetime()
MERGE (p)<-[:BY]-(r:Registration)-[:FOR]->(evening)
  ON CREATE SET r.id = 'soon-' + key, r.state = 'yes', r.at = $now
CREATE (p)-[:LIVES_IN]->(place) CREATE (p)-[:WORKED_AT {role: 'Engineer'}]->(works)
CREATE (p)-[:INTERESTED_IN {weight: 1.0}]->(optics) CREATE (p)-[:OFFERS]->(optics)
CREATE (p)-[:NEEDS]->(optics) CREATE (p)-[:OFFERED_HELP {at: $now}]->(line)
CREATE (p)<-[:SUPERVISED_BY]-(boris)
CREATE (p)-[:GAVE]->(:Consent {id: 'profile-' + key, purpose: 'profile', state: 'given', at: $now})
CREATE (b:Registration {id: 'by-' + key, state: 'yes', at: $now, attended_at: $now})-[:FOR]->(past)
CREATE (b)-[:BY]->(p) CREATE (b)-[:NAMES]->(anna)
CREATE (n:Registration {id: 'brought-' + key, state: 'yes', at: $now})-[:FOR]->(evening)
CREATE (n)-[:BY]->(boris) CREATE (n)-[:NAMES]->(p)
CREATE (v:Pledge {id: 'pledge-' + key, amount: 500, at: $now, state: 'received', named: true})
CREATE (v)-[:FOR]->(roof) CREATE (v)-[:BY]->(p)
CREATE (:TeamInvitation {id: 'team-' + key, state: 'asked', words: 'about ' + p.id, at: $now})
  -[:FOR]->(roof)
CREATE (q:Request {id: 'by-' + key, kind: 'question', status: 'new', subject: 'A question',
  at: $now, due_at: $now, visibility: 'members', text: 'Where?'}) CREATE (p)-[:ASKED]->(q)
CREATE (q)-[:ABOUT]->(optics)
CREATE (o:PassOn {id: 'pass-by-' + key, state: 'waiting', text: 'Hello', at: $now,
  closes_at: $later}) CREATE (p)-[:ASKED]->(o) CREATE (o)-[:ABOUT]->(darya)
CREATE (h:Handing {id: 'hand-by-' + key, act: 'asked', at: $now, expires_at: $later})-[:OF]->(o)
CREATE (h)-[:TO]->(anna) CREATE (h)-[:BY]->(p)
CREATE (t:Handing {id: 'link-' + key, act: 'link', at: $now, expires_at: $later,
  token_hash: $hashes['link' + key]})-[:OF]->(o) CREATE (t)-[:BY]->(anna)
CREATE (s:PassOn {id: 'pass-to-' + key, state: 'waiting', text: 'Hello', at: $now,
  closes_at: $later}) CREATE (anna)-[:ASKED]->(s) CREATE (s)-[:ABOUT]->(p)
CREATE (f:Handing {id: 'hand-to-' + key, act: 'asked', at: $now, expires_at: $later})-[:OF]->(s)
CREATE (f)-[:TO]->(p) CREATE (f)-[:BY]->(anna)
CREATE (p)-[:ASKED]->(:ContactRequest {id: 'contact-by-' + key, state: 'waiting', text: 'Hello',
  at: $now})-[:TO]->(semyon)
CREATE (semyon)-[:ASKED]->(:ContactRequest {id: 'contact-to-' + key, state: 'waiting',
  text: 'Hello', at: $now})-[:TO]->(p)
CREATE (i:Invitation {id: 'invitation-' + key, nonce: 'n' + key, created_at: $now,
  expires_at: $later, token_hash: $hashes['join' + key]})-[:FOR]->(group)
CREATE (i)-[:BY]->(p)
CREATE (c:Claim {id: 'claim-' + key, name: 'Somebody Else', name_key: 'somebody else', at: $now,
  expires_at: $later, state: 'waiting', email: '', email_key: '', former_name: '', language: 'ru',
  referrer: ''})-[:THROUGH]->(i)
CREATE (c)-[:NAMES]->(p) CREATE (c)-[:OF]->(p)
CREATE (boris)-[:DISMISSED]->(:Dismissal {id: 'not-' + key, list: 'people', item: p.id, at: $now})
CREATE (anna)-[:DISMISSED]->(:Dismissal {id: 'mine-' + key, list: 'people', item: p.id, at: $now})
CREATE (p)-[:HAS]->(:Digest {id: 'digest-' + key, token: 'stop-' + key, frequency: 'weekly',
  lists: ['events'], topics: [], period: '', created_at: $now})
CREATE (plan)-[:CHOSE {place: p.key, alone: 1.0, alone_error: 0.1, cells: '[]', fixed: false}]->(p)
CREATE (plan)-[:FIXED]->(p)
CREATE (p)-[:HAS]->(:AmbassadorAsk {id: 'amb-' + key, state: 'asked', at: $now})-[:IN]->(plan)
CREATE (recovery)-[:ASKS]->(k:Ask {id: 'ask-' + key, state: 'proposed', wave: 1, fixed: false,
  position: p.key, gain: 1.0, without: 0.5, known: 2, expected: 1.0, monitor: false,
  token_hash: $hashes['answer' + key], expires_at: $later}) CREATE (k)-[:OF]->(p)
CREATE (asked)-[:NAMED {how: 'list', source: 'x', confidence: 1.0, known: 'yes', at: $now}]->(p)
CREATE (p)-[:GAVE]->(:Consent {id: 'asked-' + key, purpose: 'asked', state: 'given', at: $now})
CREATE (line)<-[:OF]-(z:Referral {id: 'referral-' + key, state: 'asked', text: 'Help', at: $now,
  until: $later, by: 'x', passes: false}) CREATE (z)-[:TO]->(p)
CREATE (:Membership {id: 'member-' + key, starts: date() - duration('P9D'), kind: 'joined',
  ends: date() + duration('P99D'), at: $now, note: '', seen_at: $now})-[:OF]->(p)
CREATE (:MemberCard {id: 'card-' + key, token_hash: $hashes['card' + key], created_at: $now})
  -[:OF]->(p)
CREATE (shop:Business {id: 'shop-' + key, key: 9000 + p.key, name: 'about ' + p.id,
  about: 'about ' + p.id, state: 'published', version: 1, at: $now, changed_at: $now,
  published_at: $now})-[:OF]->(p) CREATE (shop)-[:ABOUT]->(optics)
CREATE (talks:EventRole {id: 'part-' + key, role: 'speaker', about: 'about ' + p.id,
  state: 'agreed', at: $now})-[:FOR]->(evening) CREATE (talks)-[:OF]->(p)
CREATE (shows:EventRole {id: 'shows-' + key, role: 'exhibitor', about: 'about ' + p.id,
  state: 'agreed', at: $now})-[:FOR]->(evening) CREATE (shows)-[:OF]->(shop)
CREATE (:Badge {id: 'badge-' + key, kind: 'mentor', about: '', issued_at: $now})-[:OF]->(p)
CREATE (code:PerkCode {id: 'code-' + key, code_hash: 'x' + key, taken_at: $now,
  until: date() + duration('P9D')})-[:FOR]->(bread) CREATE (code)-[:BY]->(p)
CREATE (p)-[:GAVE]->(:NeverAsk {id: 'never-' + key, reason: 'asked', at: $now})
CREATE (:JournalEntry {id: 'entry-' + key, entry: 'entry-' + key, version: 1, kind: 'note',
  outcome: '', text: 'about ' + p.id, happened_at: $now, at: $now, by: 'account-8',
  next_step: 'about ' + p.id, due_on: date($now), owner: ''})-[:OF]->(p)
WITH p, key MATCH (s:Survey {id: 'needs'})
CREATE (sent:SurveyAsk {id: 'sent-' + key, once: 'needs:' + key, at: $now,
  token_hash: $hashes['survey' + key]})-[:TO]->(p) CREATE (sent)-[:IN]->(s)
CREATE (said:SurveyAnswer {id: 'said-' + key, answers: '{"w": "about ' + p.id + '"}', told: [],
  at: $now, changed_at: $now})-[:BY]->(p) CREATE (said)-[:IN]->(s)
WITH p, key MATCH (evening:Event {id: 'evening'}), (last:Event {id: 'reunion'})
CREATE (l:EventLetter {id: 'told-' + key, state: 'sent', at: $now, sent_at: $now,
  reasons: '[["topic", "Optics", "Оптика", 0]]', token_hash: $hashes['told' + key]})-[:TO]->(p)
CREATE (l)-[:FOR]->(evening)
CREATE (was:EventLetter {id: 'was-' + key, state: 'sent', at: $now, sent_at: $now,
  reasons: '[["topic", "Optics", "Оптика", 0]]'})-[:TO]->(p)
CREATE (was)-[:FOR]->(last)
WITH p, key MATCH (club:Group {id: 'club'})
CREATE (begun:Post {id: 'post-' + key, text: 'about ' + p.id, at: $now})-[:IN]->(club)
CREATE (begun)-[:BY]->(p)
CREATE (w:MembershipRequest {id: 'wish-' + key, kind: 'asked', state: 'waiting',
  text: 'about ' + p.id, at: $now})-[:BY]->(p)
CREATE (w)-[:TO]->(club)
WITH p, key MATCH (d:ReunionDate)-[:FOR]->(meeting:Reunion {id: 'gathering'})
CREATE (p)-[:ORGANISES {role: 'organiser', at: $now}]->(meeting)
CREATE (p)-[:CAN {answer: 'yes', at: $now}]->(d)
CREATE (n:ReunionInvitation {id: 'to-' + key, state: 'yes', at: $now, channel: 'mail',
  words: 'words', token_hash: $hashes['reunion' + key], expires_at: $later})-[:FOR]->(meeting)
CREATE (n)-[:TO]->(p)
CREATE (y:ReunionTask {id: 'cake-' + key, what: 'Cake', at: $now})-[:FOR]->(meeting)
CREATE (y)-[:OF]->(p)
WITH p, key MATCH (i:TeamInvitation {id: 'team-' + key}), (n:ProjectNeed {id: 'lathe'}),
  (out:MoneyAccount {id: 'outside:roof:RUB'}), (fund:MoneyAccount {id: 'fund:roof:RUB'})
CREATE (i)-[:TO]->(p)
CREATE (o:HelpOffer {id: 'offer-' + key, state: 'open', text: 'I have one', at: $now})-[:FOR]->(n)
CREATE (o)-[:BY]->(p)
CREATE (g:Transfer {id: 'given-' + key, number: 1000 + p.key, kind: 'gift', amount: 50000,
  currency: 'RUB', happened_on: date($now), booked_at: $now, pending: false, what: '',
  document: '', party: '', party_shown: false, reference: '', entered_by: 'x'})-[:OUT_OF]->(out)
CREATE (g)-[:INTO]->(fund) CREATE (g)-[:BY]->(p)"""
MAKE_NEEDS = """MATCH (j:Project {id: 'roof'})
CREATE (:ProjectNeed {id: 'lathe', kind: 'lab', text: 'A lathe', at: $now})-[:FOR]->(j)
CREATE (:Milestone {id: 'mounted', text: 'It is mounted', due_on: date($now), at: $now})-[:FOR]->(j)
CREATE (:MoneyAccount {id: 'fund:roof:RUB', kind: 'fund', currency: 'RUB', thing: 'roof'})
  -[:FOR]->(j)
CREATE (:MoneyAccount {id: 'outside:roof:RUB', kind: 'outside', currency: 'RUB', thing: 'roof'})
  -[:FOR]->(j)"""
MAKE_REUNION = """MATCH (anna:Person {id: 'anna'}), (a:StudyGroup {id: 'A'})
CREATE (anna)-[:ORGANISES {role: 'applicant', at: $now}]->(r:Reunion {id: 'gathering', at: $now,
  state: 'gathering', about: 'In May', wishes: 'x', time_zone: 'Europe/Moscow', lost_then: 1})
CREATE (anna)-[:ASKED]->(r)
CREATE (r)-[:GATHERS {chosen: true}]->(a)
CREATE (:ReunionDate {id: 'day', starts_at: $now + duration('P30D')})-[:FOR]->(r)"""
THINGS = """CREATE (:Place {id: 'town', name: 'Town', name_ru: 'Город', kind: 'city'})
CREATE (:Organisation {id: 'works', name: 'Works', name_key: 'works'})
CREATE (:News {id: 'piece', title: 'News', title_ru: 'Новость', text: 'x', text_ru: 'x', at: $now,
  created_at: $now})
CREATE (:Service {id: 'library', name: 'Library', name_ru: 'Библиотека', description: 'x',
  description_ru: 'x', created_at: $now})
CREATE (:Perk {id: 'bread', kind: 'discount', title: 'Bread', title_ru: 'Хлеб', terms: 'x',
  terms_ru: 'x', hold_days: 30, version: 1, created_at: $now, published_at: $now})-[:OF]->(:Partner
  {id: 'bakery', name: 'Bakery', name_ru: 'Пекарня', version: 1, created_at: $now,
   token_hash: $desk})
CREATE (:Job {id: 'failed', kind: 'mail', state: 'failed', idempotency_key: 'x', payload: '{}',
  run_at: $now, created_at: $now, finished_at: $now, attempts: 9, error: 'x'})
CREATE (:ImportRun {id: 'run', number: 7, source: 'test', mapping: 'synth', mapping_hash: 'x',
  started_at: $now, finished_at: $now, state: 'done', read: 1, written: 1, skipped: 0, rejected: 0})
CREATE (:Event {id: 'reunion', key: 2, title: 'Reunion', title_ru: 'Встреча', kind: 'meeting',
  starts_at: $now - duration('P9D'), time_zone: 'Europe/Moscow', visibility: 'public'})
CREATE (:Survey {id: 'needs', title: 'Needs', title_ru: 'Нужды', about: '', about_ru: '',
  state: 'closed', version: 1, audience: '{}', consent: 'digest', created_at: $now, by: 'x',
  opened_at: $now, closed_at: $now, closes_on: date($now), asked: 5,
  questions: '[{"id": "w", "kind": "words", "text": "What?", "text_ru": "Что?", "choices": [],
    "feeds": ""}]',
  results: '{"n": 0, "questions": {"w": {"cells": [null, null], "mean": null}}}'})
CREATE (:AmbassadorPlan {id: 'set', name: 'Set', wish: $wish, state: 'done', step: '', share: 1.0,
  result: $result, at: $now, by: 'x', wave: 1})
CREATE (q:Request {id: 'open-question', kind: 'question', status: 'open', subject: 'Help', at: $now,
  due_at: $now, visibility: 'members', text: 'x'})
WITH q MATCH (b:Person {id: 'boris'}), (t:Topic {id: 'optics'}) CREATE (b)-[:ASKED]->(q)
CREATE (q)-[:ABOUT]->(t)"""
KNOW = """UNWIND $keys AS key MATCH (p:Person {key: key})
MATCH (q:Person) WHERE q.id IN ['anna', 'darya', 'zhanna', 'staff', 'tamara']
MERGE (p)-[k:KNOWS]-(q) SET k.strength = 0.8, k.source = 'test'"""
REFUSE = """MATCH (p:Person {key: $key}) CREATE (p)-[:GAVE]->(:Consent {id: 'refusal',
  purpose: 'show_to_members', state: 'refused', at: $now})"""
DIE = "MATCH (p:Person {key: $key}) SET p.died_on = date('2026-01-01')"
# What a plan of ambassadors keeps of its choice.
RESULT = {
    "size": 5, "reach": 2.0, "standard_error": 0.1, "at_least": 1.0, "certificate": 0.9,
    "samples": 10, "candidates": 5, "audience": 5, "learned": 0, "better_than_degree": True,
    "snapshot": 1, "snapshot_at": "2026-11-01T12:00:00+00:00", "quotas": [], "left_out": [],
    "alternatives": [{"name": "chosen", "people": 5, "reach": 2.0, "standard_error": 0.1,
                      "ahead": 0.0, "ahead_error": 0.0, "beaten": False}],
    "faculties": {"0": ["Optics", "Оптика"]}, "decades": {"0": "1990"}, "chosen": [[5]],
    "people": [[5]], "reached": [[2.0]],
}  # fmt: skip
# What a letter's link or a form's address may hold, of each of them.
TOKENS = ("link", "join", "answer", "survey", "reunion", "card", "told")


def with_the_unseen(store: Store, home: Settings) -> Live:
    """Write the association with its contest and the five, who then go; return what follows it."""
    live = furnished(store, home)
    now = datetime.now(UTC)
    keys = [one.key for one in UNSEEN]
    store.write(MAKE_READERS, stranger=STRANGER, contact=CONTACT)
    for role, key in (("stranger", STRANGER), ("contact", CONTACT)):
        row = {"email": f"{role}@example.org", "person_key": key, "roles": ["alumnus"]}
        accounts.create_many(store, [row], PASSWORD)
    wish = json.dumps(asdict(Wish(k=5)), default=list)
    store.write(
        THINGS, now=now, wish=wish, result=json.dumps(RESULT), desk=token_hash("desk-of-the-bakery")
    )
    store.write(MAKE_REUNION, now=now)
    store.write(MAKE_NEEDS, now=now)
    rows = [
        {
            "key": one.key,
            "own": {
                "key": one.key,
                "id": one.id,
                "given_name": one.given,
                "family_name": one.family,
                "name_key": one.id,
                "about": f"about {one.id}",
                "visibility": "shown",
                "audiences": [
                    "city:public",
                    "events:public",
                    "contacts:public",
                    "name:public",
                    "connections:public",
                    "employer:public",
                    "about:public",
                ],
                "quarantined": one.why == "quarantined",
            },
        }
        for one in UNSEEN
    ]
    store.write(MAKE_UNSEEN, rows=rows, now=now, **{"from": term(1998), "to": term(2002, 1)})
    store.write(KNOW, keys=keys)
    hashes = {
        f"{kind}{one.key}": token_hash(f"{kind}-{one.key}") for kind in TOKENS for one in UNSEEN
    }
    store.write(TAKE_PART, keys=keys, now=now, later=now + timedelta(days=9), hashes=hashes)
    for one in UNSEEN:
        _contribute(store, one, now)
    with_contest(live)
    show(store, VERA)
    refresh(store, home.snapshots)
    live.catch_up()
    hide(store, VERA)
    store.write(REFUSE, key=RIMMA, now=now)
    store.in_write(lambda t: changes.record(t, "withdrew", [RIMMA]))
    store.write(DIE, key=EVGENY)
    store.in_write(lambda t: changes.record(t, "died", [EVGENY]))
    erase(store, Viewer("alumnus", ERAST), ERAST)
    live.catch_up()
    return live


def _contribute(store: Store, one: Unseen, now: datetime) -> None:
    """Enter an act of theirs, and one in which Anna has brought them."""
    for act, who, kind, mode, participant in (
        (f"talk-{one.key}", one.key, "talk", "volunteer", None),
        (f"brought-{one.key}", ANNA, "referral", "communication", one.key),
    ):
        store.in_write(
            partial(
                entries.record,
                person_key=who,
                kind=kind,
                mode=mode,
                happened_at=now,
                act_id=act,
                evidence={"note": "as written"},
                participant_key=participant,
            )
        )
