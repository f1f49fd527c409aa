"""Every route as every reader: nobody who is not to be seen, in any answer.

The walk takes its routes from the application itself, so that a new page is walked the day it is
added; a route whose parameters nobody knows how to fill fails. `tests.support.unseen` says who is
not to be seen, and has given each of them a part in everything.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from graphnet.recommendations import LISTS
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import TOKEN, own_home, reader, site
from tests.support.graphs import ANNA, DARYA, VERA, ZHANNA
from tests.support.pages import without_tokens
from tests.support.questions_read import Noting, NotingRequest, could_matter
from tests.support.unseen import NOBODY, UNSEEN, Unseen, with_the_unseen
from webapp.frame.security import limiter

# Vera, who is hidden now, has written to Anna alone and in a group that Anna has begun.
TALKS = """UNWIND [['pair', 'two'], ['talk', 'group']] AS one
CREATE (c:Conversation {id: one[0], kind: one[1], title: 'Talk', last: 2, version: 2, at: $now})
WITH c MATCH (p:Person) WHERE p.key = $hers OR p.key = $mine[0] OR c.id = 'talk' AND p.key IN $mine
CREATE (p)-[:TAKES_PART {role: CASE p.key WHEN $mine[0] THEN 'starter' ELSE 'member' END,
  since: 0, seen: 0, told: 0, at: $now}]->(c)
WITH c, p WHERE p.key IN [$hers, $mine[0]]
CREATE (c)<-[:IN]-(:Message {id: c.id + p.id, conversation: c.id, text: 'words', at: $now,
  number: CASE p.key WHEN $hers THEN 2 ELSE 1 END})-[:BY]->(p)"""
READING = ("anyone", "alumnus", "stranger", "contact", "staff", "analyst", "admin")


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("walk"))
    live = with_the_unseen(session_store, home)
    session_store.write(TALKS, hers=VERA, mine=[ANNA, DARYA, ZHANNA], now=datetime.now(UTC))
    limiter.enabled = False  # every reader of the walk comes from one address
    made = site(live, home)
    made.request_class = NotingRequest
    yield made
    limiter.enabled = True
    live.stop()


# What may stand in each parameter of a route: {} is a person who is not to be seen, {key} the end
# of the name of something that is theirs.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "person_id": ("anna", "boris", "darya", "{}"),
    "person_key": ("3",),
    "event_id": ("evening", "reunion"),
    "group_id": ("club", "none"),
    "post_id": ("post-{key}",),
    "week_id": ("week",),
    "part_id": ("part-{key}",),
    "business_id": ("shop-{key}",),
    "reunion_id": ("gathering", "none"),
    "cohort_id": ("optics98",),
    "account_id": ("account-1", "account-of-{key}"),
    "session_id": ("session-{key}",),
    "job_id": ("failed",),
    "token": (
        TOKEN,
        "link-{key}",
        "join-{key}",
        "answer-{key}",
        "stop-{key}",
        "survey-{key}",
        "reunion-{key}",
        "card-{key}",
        "told-{key}",
        "desk-of-the-bakery",
    ),
    "plan_id": ("plan", "set"),
    "ask_id": ("ask", "ask-{key}"),
    "code": ("ru", "certificate"),
    "season": ("2025", "2026"),
    "nomination_id": ("n3-2025", "n3-2026", "n5-2026"),
    "kind": ("cohorts", "units"),
    "thing_id": ("optics98", "faculty"),
    "form": ("gexf", "graphml", "csv", "json"),
    "request_id": ("open-question", "by-{key}"),
    "study_group_id": ("A", "C"),
    "claim_id": ("claim-{key}",),
    "filename": ("app.css",),
    "run_id": ("run",),
    "project_id": ("roof",),
    "act_id": ("talk-{key}", "brought-{key}", "correct:talk"),
    "act": ("accept", "join", "leave", "close", "letter", "jury", "decide", "nonsense"),
    "list_name": (*LISTS, "nonsense"),
    "news_id": ("piece",),
    "service_id": ("library",),
    "pass_on_id": ("pass-by-{key}", "pass-to-{key}"),
    "asking_id": ("contact-by-{key}", "contact-to-{key}"),
    # Of corrections the furnishing makes none: tests/webapp/test_records.py sees to them.
    "correction_id": ("none",),
    "stated_id": ("none",),
    "note_id": ("none",),
    "name": ("index",),  # of a page of documentation
    "passkey_id": ("none",),
    "identity_id": ("none",),
    "upload_id": ("none",),
    "double_id": ("none",),
    "merge_id": ("none",),
    "conversation_id": ("none", "pair", "talk"),
    "entry_id": ("entry-{key}",),
    "survey_id": ("needs",),
    "question_id": ("new", "none"),
    "referral_id": ("referral-{key}",),
    "kind_name": ("question", "new"),
    "number": ("1", "2", "9"),
    "partner_id": ("bakery",),
    "perk_id": ("bread",),
    "badge_id": ("badge-{key}",),
    "code_id": ("code-{key}",),
    "need_id": ("lathe",),
    "offer_id": ("offer-{key}",),
    "invitation_id": ("team-{key}",),
    "pledge_id": ("pledge-{key}",),
    "transfer_id": ("given-{key}",),
    # Treasurers alone read what the bank tells: tests/webapp/test_bank_pages.py.
    "statement_id": ("none",),
    "payment_id": ("none",),
}
QUESTIONS = (
    "", "?q=орлова", "?q=рябинина", "?q=vera+orlova", "?as=csv", "?q=по", "?unit=faculty",
    "?page=2", "?name=карантинов", "?season=2025", "?state=deceased", "?asked=x",
)  # fmt: skip
# What a route may hold of its own reader, or does not let them come back from.
NOT_WALKED = {
    "/staff/corrections": "staff see the hidden to correct them, too: tests/webapp/test_records.py",
    "/sign-out": "ends the reader's own session",
    "/account/sessions/end-others": "ends the reader's own session",
    "/account/password": "changes the reader's own password",
    "/me/hide": "hides the reader",
    "/me/erase": "erases the reader",
    "/me/export": "the export of one's own data has tests of its own: tests/webapp/test_erasure.py",
    "/language/<code>": "changes the words that the walk compares",
    "/account/language": "changes the words that the walk compares",
    "/people/<person_id>/erase/stay": "staff see the hidden to erase them, too",
    "/people/<person_id>/erase": "staff see the hidden to erase them: tests/webapp/test_erasure.py",
}


# A letter's link speaks for whom it was sent to, and greets them by their name.
# Who asks somebody for a word has agreed to be named to them.
OWN_LINKS = {
    (rule, why)
    for rule in ("/answer/<token>", "/passed/<token>", "/reunions/answer/<token>")
    for why in ("refused", "quarantined")
} | {("/survey/<token>", "refused")}


# What readers write of themselves comes back on their own page, whatever it is: test_records.py.
OWN_PAGES = (
    "/me/about", "/me/audiences", "/me/contacts", "/me/names", "/me/photo", "/me/studies",
    "/me/work",
)  # fmt: skip
CORRECTING = "/people/<person_id>/correct"  # staff see the hidden for that: test_records.py


def addresses(app: Flask, method: str) -> list[tuple[str, str]]:
    """Every address of that method as (its route, what to ask for), with ids that exist."""
    found = set()
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        if rule.rule in NOT_WALKED or rule.rule.startswith(CORRECTING):
            continue
        if method == "POST" and rule.rule.startswith(OWN_PAGES):
            continue
        names = sorted(rule.arguments - set(rule.defaults or ()))
        for name in names:
            assert name in PARAMETERS, f"{rule.rule}: say above what {name} may be"
        for values in product(*(PARAMETERS[name] for name in names)):
            path = rule.rule
            for name, value in zip(names, values, strict=True):
                path = re.sub(rf"<(?:[a-z]+:)?{name}>", value, path)
            found.add((rule.rule, path))
    return sorted(found)


def text_of(response: Response) -> str:
    """An answer as text; of a file that is none (a PDF, a picture) what can be read of it."""
    return response.get_data().decode("utf-8", "replace")


def told(body: str, someone: Unseen) -> str:
    """An answer without what only repeats the reader's own words: the address and the question."""
    # A word of the question comes back in the search box and in quotation marks.
    body = re.sub(r'value="[^"]*"|“[^”]*”|«[^»]*»', "", body)
    # So does what was typed into a form that is not kept yet: an id alone.
    body = body.replace(f">{someone.id}</textarea>", "></textarea>")
    # What another reader of the walk has told the office comes back to staff as told: an id alone.
    body = re.sub(rf'<p class="as-told">{someone.id}</p>', "", body)
    return re.sub(rf"/[\w./-]*\b{someone.id}\b|q=[^\"'&\s]*|next=[^\"'\s]*", "", body)


def may_be_seen(someone: Unseen, role: str) -> bool:
    """Staff see who is on file and neither hidden nor gone: a page names its task or refuses."""
    return role in ("staff", "admin") and someone.why not in ("hidden", "erased")


def may_be_known(someone: Unseen, role: str) -> bool:
    """Analysts see that there is somebody, under a pseudonym; not who has hidden."""
    return may_be_seen(someone, role) or (role == "analyst" and someone.why in ("refused", "dead"))


def shows(role: str, path: str, response: Response, own: Unseen | None = None) -> list[str]:
    """What is wrong with an answer: whose words it shows, though they are not to be seen."""
    if response.status_code >= 500 and path != "/readyz":
        return [f"{role} {path} fails: {response.status} {response.text[:300]}"]
    if 300 <= response.status_code < 400:
        return []  # it repeats the reader's own words in its address, and holds nothing else
    wrong, body = [], text_of(response)
    for one in UNSEEN:
        if one == own or may_be_seen(one, role):
            continue
        rest = told(body, one)
        if path.startswith("/admin/audit"):  # keeps the ids that staff have asked for
            rest = re.sub(rf"(?<=[,: >]){one.id}(?=[,: <])", "", rest)
        elif path.startswith("/admin"):  # an account is its address there
            rest = re.sub(rf"\b{one.id}@example\.org", "", rest)
        for word in one.words:
            if shown := re.search(rf"(?<!\w){re.escape(word)}(?!\w)", rest):
                near = rest[max(0, shown.start() - 160) : shown.end() + 80]
                wrong.append(f"{role} {path} shows {word}, {one.why}: …{near}…")
    return wrong


def test_the_walk_meets_the_people_who_are_to_be_seen(app: Flask) -> None:
    """The walk itself works: it finds those who are no secret, and staff find who is on file."""
    Noting.read.clear()
    assert "Дарья" in reader(app, "alumnus").get("/search?q=кузнецова").text
    assert could_matter("?q=по", frozenset(Noting.read)), "what is read of a question is noted"
    assert "Борис" in reader(app, "alumnus").get("/classmates").text
    found = reader(app, "staff").get("/staff/events/evening/attendance").text
    assert "Римма" in found and "Вера" not in found


@pytest.mark.parametrize("role", READING)
def test_no_page_shows_them(app: Flask, role: str) -> None:
    """No word of theirs is in any answer; an address with their id answers as one with nobody's."""
    client, wrong = reader(app, role), []
    for rule, pattern in addresses(app, "GET"):
        named, questions = "{" in pattern, QUESTIONS if "<" not in rule else QUESTIONS[:1]
        read: frozenset[str] = frozenset()
        for one, question in product(UNSEEN if named else (NOBODY,), questions):
            if question and not could_matter(question, read):
                continue  # the page never looks whether that is asked: it would say the same
            path = one.fill(pattern) + question
            Noting.read.clear()
            response = client.get(path)
            read = read if question else frozenset(Noting.read)
            wrong += shows(role, path, response, one if (rule, one.why) in OWN_LINKS else None)
            if response.status_code in (303, 403, 404) and not named:
                break  # this reader is sent away by role, whatever is asked
            if "{}" in pattern and not may_be_known(one, role):
                nobody = client.get(NOBODY.fill(pattern.replace("{key}", str(one.key))))
                if plain(nobody, NOBODY) != plain(response, one):
                    wrong.append(f"{role} {path} tells {one.why} from nobody")
    assert not wrong, "\n".join(wrong)


# What each field of a form may hold: the person, or # where two acts must not be the same one.
PERSON = (
    "person", "participant", "target", "asked", "about", "to", "item", "choice", "came", "shown",
    "thing", "same", "who", "member", "key",
)  # fmt: skip
PLAIN = {
    "kind": "person", "act": "accept", "text": "A few words, number #", "list": "people",
    "words": "a few words, number #", "name": "Somebody New number #", "note": "as written",
    "email": "{}@example.org", "subject": "A question, number #", "category": "ambassador",
    "day": "2026-11-01", "quantity": "1", "answer": "yes", "said": "contact", "how": "never",
    "reason": "as asked", "why": "as asked", "statement": "Statement.", "studies": "1998",
    "contact": "{}@example.org", "q": "{}",
}  # fmt: skip
FORM = dict.fromkeys(PERSON, "{}") | PLAIN


def plain(response: Response, someone: Unseen) -> str:
    """The whole of an answer, but for the id, the token of the form and what is drawn anew."""
    place, body = response.headers.get("Location", ""), text_of(response)
    whole = f"{response.status_code} {place}\n{without_tokens(body)}"
    whole = re.sub(rf"\b{someone.id}\b", "", whole)
    return re.sub(r"\b[0-9a-f]{32}\b|\b[0-9a-z]{16}\b|\b\d\d:\d\d(:\d\d)?\b", "", whole)


def notices(client: FlaskClient) -> list[str]:
    """Take what the next page would say in its notices: no page need be made for them."""
    with client.session_transaction() as session:
        return [f"{kind}: {words}" for kind, words in session.pop("_flashes", [])]


def act(client: FlaskClient, pattern: str, someone: Unseen, number: int) -> tuple[Response, str]:
    """Send the form about somebody; returns the answer, and what it says in the end."""
    notices(client)  # what was still to be said of an act before
    form = {name: someone.fill(value) for name, value in FORM.items()}
    form = {name: value.replace("#", str(number)) for name, value in form.items()}
    response = client.post(someone.fill(pattern), data=form)
    end = plain(response, someone).replace(f"number {number}", "")
    if response.status_code in (302, 303):
        end += re.sub(rf"\b{someone.id}\b", "", "".join(notices(client)))
    return response, end


# Every reader's acts take minutes on two cores: those who may do the least and the most each time,
# the others with the longer proofs.
ACTING = [
    role if role in ("anyone", "alumnus", "staff") else pytest.param(role, marks=pytest.mark.long)
    for role in READING
]


@pytest.mark.parametrize("role", ACTING)
def test_no_act_tells_them_from_nobody(app: Flask, role: str) -> None:
    """What is sent about somebody who may not be seen is answered as about nobody."""
    client, wrong, compared = reader(app, role), [], 0
    nobodies = [replace(NOBODY, id=f"nobody{n}") for n in range(3)]
    for rule, pattern in addresses(app, "POST"):
        first, once = act(client, pattern, nobodies[0], 0)
        if first.status_code in (401, 403) or "/sign-in" in first.headers.get("Location", ""):
            continue  # this reader is sent away, whatever is sent
        again = [act(client, pattern, nobodies[n], n)[1] for n in (1, 2)]
        # Of what is the reader's own a second act is another one: there is nothing to compare with.
        steady = [once, once] == again and "{key}" not in pattern
        for number, one in enumerate(UNSEEN, start=3):
            if may_be_known(one, role):
                continue
            response, said = act(client, pattern, one, number)
            path = one.fill(pattern)
            wrong += shows(role, path, response, one if (rule, one.why) in OWN_LINKS else None)
            if steady and response.status_code != 429:  # too many acts, whomever they are about
                compared += 1
                if said != once:
                    lines = difflib.unified_diff(once.split("\n"), said.split("\n"), n=0)
                    wrong.append(
                        f"{role} POST {path} tells {one.why} from nobody: {list(lines)[2:8]}"
                    )
    assert not wrong, "\n".join(wrong)
    assert compared >= 5, "the walk compares what is sent about somebody with what is about nobody"
