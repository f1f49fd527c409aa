"""The contest's pages: every act by the right role, and no total anywhere while members vote."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from graphnet.contest import seasons, voting
from graphnet.keys import trusted
from graphnet.ledger import rule_files
from graphnet.ledger.rules import template
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.contest_furnished import STAFF_VIEWER, with_contest
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA
from tests.support.pages import without_tokens
from webapp.features.contest.letters import terms_letter
from webapp.features.contest.words import RULE_MISTAKES

COUNTS = """MATCH (n) WHERE n:Contest OR n:Nomination OR n:Award OR n:JuryScore OR n:Announcement
RETURN count(n) AS nodes, count(n.reason) AS reasons, count(n.published_at) AS published LIMIT 1"""


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("contest"))
    live = furnished(session_store, home)
    with_contest(live)
    made = site(live, home)
    made.extensions["home"] = home
    yield made
    live.stop()


STAFF_ACTS = ("announce", "candidates", "jury", "appeals", "publish")


@pytest.mark.parametrize("role", ["anyone", "alumnus", "analyst"])
def test_only_staff_act_as_staff(app: Flask, session_store: Store, role: str) -> None:
    client = reader(app, role)
    before = session_store.read(COUNTS)
    for act in STAFF_ACTS:
        answer = client.post(f"/staff/contest/2026/{act}", data={"decision": "refuse"})
        assert answer.status_code == (303 if role == "anyone" else 403)
        assert role != "anyone" or "/sign-in" in answer.location
    for path in ("/staff/contest/new", "/staff/contest/2026/edit"):
        assert client.post(path, data={}).status_code == (303 if role == "anyone" else 403)
    assert session_store.read(COUNTS) == before


def test_who_is_no_juror_neither_reads_nor_scores(app: Flask) -> None:
    for role in ("alumnus", "staff", "admin"):
        client = reader(app, role)
        assert client.get("/contest/2026/jury").status_code == 403
        assert client.get("/contest/2026/jury/n5-2026").status_code == 403
    juror = reader(app, "analyst")  # Zhanna, whose role for the site is another
    assert juror.get("/contest/2026/jury").status_code == 200


def test_nobody_answers_an_invitation_that_is_not_theirs(app: Flask, session_store: Store) -> None:
    before = session_store.read(COUNTS)
    for role in ("alumnus", "staff", "analyst"):
        client = reader(app, role)
        for act in ("accept", "decline", "withdraw", "change"):
            answer = client.post(f"/contest/nominations/n5-2026/{act}", data={"statement": "Mine."})
            assert answer.status_code == 404, (role, act)
    assert session_store.read(COUNTS) == before


def test_no_page_shows_a_total_or_a_turnout_while_members_vote(
    app: Flask, session_store: Store
) -> None:
    """The same pages before and after votes, for everybody: not one letter differs."""

    def pages() -> dict[tuple[str, str], str]:
        found = {}
        for role in ("anyone", "alumnus", "staff", "analyst"):
            client = reader(app, role)
            for path in (
                "/contest", "/contest/2026", "/contest/2026/rules", "/contest/2026/log", "/staff",
                "/staff/contest", "/staff/contest/2026", "/contest/mine",
                "/staff/contest/2026/dossiers/n5-2026", "/contest/2026/archive.json",
            ):  # fmt: skip
                text = client.get(path).get_data(as_text=True)
                text = re.sub(r"<time[^>]*>[^<]*</time>", "", without_tokens(text))
                found[role, path] = text
        return found

    before = pages()
    keys = trusted(app.extensions["home"], "ballots")
    now = datetime.now(UTC)
    voters = session_store.read(
        "MATCH (p:Person)-[:MAY_VOTE]->(:Contest {season: '2026'}) WHERE p.key <> $me "
        "AND NOT (p)-[:JUROR_OF]->() RETURN p.key AS key ORDER BY key LIMIT 9",
        me=ANNA,
    )
    assert voters
    for row in voters:
        member = Viewer("alumnus", row["key"])
        receipt = voting.take(session_store, member, "2026", voting.numbers(), keys=keys, now=now)
        voting.cast(session_store, "2026", receipt, ["n5-2026"], keys=keys, now=now)
    assert pages() == before


def test_a_ballot_is_taken_once_and_its_receipt_opens_it_without_signing_in(app: Flask) -> None:
    member = reader(app, "alumnus")
    page = member.get("/contest/2026/vote").text
    numbers = dict(re.findall(r'name="(ballot|salt)" value="([0-9a-f]{32})"', page))
    assert set(numbers) == {"ballot", "salt"}
    assert "The receipt is shown once." in page, "what cannot be made good is said before"
    answer = member.post("/contest/2026/vote", data=numbers)
    receipt = re.search(r"<code>([0-9a-f]{32}-[0-9a-f]{32})</code>", answer.text)
    assert receipt
    assert "no-store" in answer.headers["Cache-Control"]
    kept = member.post("/contest/2026/receipt", data={"receipt": receipt.group(1)})
    assert kept.headers["Content-Disposition"] == 'attachment; filename="receipt-2026.txt"'
    assert receipt.group(1) in kept.text
    assert "/contest/2026/ballot" in kept.text
    assert member.post("/contest/2026/receipt", data={"receipt": "<b>"}).status_code == 400
    again = member.post("/contest/2026/vote", data=numbers)
    assert receipt.group(1) in again.text  # the answer may have been lost
    other = member.post("/contest/2026/vote", data={"ballot": "0" * 32, "salt": "0" * 32})
    assert other.status_code == 409
    booth = reader(app, "anyone")
    form = {"receipt": receipt.group(1), "act": "cast", "choice": "n5-2026"}
    assert booth.post("/contest/2026/ballot", data=form).status_code == 200
    opened = booth.post("/contest/2026/ballot", data={"receipt": receipt.group(1), "act": "open"})
    assert re.search(r'value="n5-2026" checked', opened.text)
    wrong = booth.post("/contest/2026/ballot", data={"receipt": "x" * 65, "act": "open"})
    assert wrong.status_code == 422


def test_a_wrong_draft_comes_back_with_what_was_entered(app: Flask) -> None:
    staff = reader(app, "staff")
    answer = staff.post(
        "/staff/contest/new", data={"season": "2027", "title": "T", "rules": "x = ["}
    )
    assert answer.status_code == 422
    assert 'value="2027"' in answer.text
    assert answer.text.count("field-error") > 5


NEW = "/staff/contest/new"
RULES_WITH_MISTAKES = (
    template()
    .replace("points = 10\nmode", "points = -1\nmode", 1)
    .replace('"volunteer"', '"volunter"', 1)
    .replace("vote = 0.2", "vote = 0.3", 1)
)


def test_every_mistake_in_the_rules_is_told_in_the_readers_language_with_the_line_they_see(
    app: Flask,
) -> None:
    staff = reader(app, "staff")
    said = dict(re.findall(r'name="([^"]+)"[^>]* value="([^"]*)"', staff.get(NEW).text))
    form = {name: value or "x" for name, value in said.items()} | {
        name: "x | X | Икс | 1" if name == "categories" else "x | X | Икс"
        for name in ("prize", "prize_ru", "text", "text_ru", "categories", "criteria")
    }
    line = RULES_WITH_MISTAKES.splitlines().index("points = -1") + 1
    for language, words in (
        ("en", ("this must be 0 or more", "this must be one of: volunteer, exp", "add up to 1")),
        ("ru", ("здесь должно быть 0 или больше", "одно из: volunteer, exp", "в сумме давать 1")),
    ):
        answer = staff.post(
            NEW,
            data=form | {"season": "2027", "rules": RULES_WITH_MISTAKES},
            headers={"Accept-Language": language},
        )
        page = html.unescape(answer.text)
        assert answer.status_code == 422
        where = {"en": "line", "ru": "строка"}[language]
        assert f"{where} {line}, kinds.event_organised.points: {words[0]}" in page
        assert all(one in page for one in words) and "Input should" not in page


def test_every_kind_of_mistake_has_words() -> None:
    codes = {*rule_files.CODES.values(), *rule_files.OWN_CODES, "wrong"}
    assert codes == set(RULE_MISTAKES)


def test_staff_see_what_to_do_and_a_closed_window_refuses(app: Flask, session_store: Store) -> None:
    staff = reader(app, "staff")
    page = staff.get("/staff/contest/2026").text
    assert "Nothing: members vote" in page
    answer = staff.post("/staff/contest/2026/publish", follow_redirects=True)
    assert "This is not the time for it" in answer.text
    found = seasons.season(session_store, STAFF_VIEWER, "2026")
    assert found.published_at is None
    assert found.phase(datetime.now(UTC) + timedelta(days=30)) == "decision"


def test_the_letter_on_new_terms_names_what_was_changed_in_both_languages(
    app: Flask, session_store: Store
) -> None:
    found = seasons.season(session_store, STAFF_VIEWER, "2026")
    with app.test_request_context():
        written = terms_letter(found, found.terms, ["entry_until", "prize_ru"])
    assert found.terms.title_ru in written.subject
    russian, english = written.text.split("--\n\n")
    assert "Nominations close; Prize (in Russian)" in english
    assert "Вступила в силу новая редакция условий" in russian
    assert "Nominations" not in russian
    assert written.text.count("/contest/2026\n") == 2
    assert written.text.count("/contest/mine") == 2


def test_a_candidate_leaves_the_list_only_by_a_second_one_of_staff(
    app: Flask, session_store: Store
) -> None:
    staff, page = reader(app, "staff"), "/staff/contest/2026"
    act = {"nomination": "n5-2026", "decision": "refuse", "code": "evidence"}
    kept = staff.post(f"{page}/candidates", data=act, follow_redirects=True)
    assert "Say why, in a sentence." in kept.text
    told = {**act, "reason": "The link shows another person."}
    seen = staff.post(f"{page}/candidates", data=told, follow_redirects=True).text
    assert "Nothing changes before another one of staff confirms it." in seen
    assert "1 change of who stands waits for a second one of staff" in seen
    assert 'value="confirm"' not in seen, "not by whoever proposed it"
    again = staff.post(
        f"{page}/candidates",
        data={"nomination": "n5-2026", "decision": "confirm"},
        follow_redirects=True,
    )
    assert "You have proposed this" in again.text
    assert "Taken off the list" not in reader(app, "anyone").get("/contest/2026").text
    session_store.write("MATCH (n:Nomination {id: 'n5-2026'}) SET n.proposed_by = 'somebody else'")
    assert 'value="confirm"' in staff.get(page).text
    done = staff.post(
        f"{page}/candidates",
        data={"nomination": "n5-2026", "decision": "confirm"},
        follow_redirects=True,
    )
    assert "The candidate is written to." in done.text
    public = reader(app, "anyone").get("/contest/2026").text
    assert "the evidence does not hold" in public
    assert "another person" not in public, "the reason is the candidate's to read"
    # and back, so that the tests after this one find the season as it was
    session_store.write(
        "MATCH (n:Nomination {id: 'n5-2026'}) SET n.state = 'admitted' "
        "REMOVE n.removed_at, n.removed_code, n.reason"
    )


def test_who_is_asked_into_the_jury_answers_where_they_are(
    app: Flask, session_store: Store
) -> None:
    session_store.write(
        "MATCH (p:Person {key: $key}), (c:Contest {season: '2026'}) "
        "CREATE (p)-[:JUROR_OF {at: $now, asked_at: $now}]->(c)",
        key=ANNA,
        now=datetime.now(UTC),
    )
    # While members vote nobody can join the jury any more, and nobody is asked on their page.
    member = reader(app, "alumnus")
    assert "You are asked to be in the jury" not in member.get("/home").text
    late = member.post("/contest/2026/jury/answer", data={"agrees": "yes"}, follow_redirects=True)
    assert "This is not the time for it" in late.text
    assert member.get("/contest/2026/jury").status_code == 403
    back = datetime.now(UTC) - timedelta(days=20)
    app.extensions["clock"] = lambda: back
    try:
        assert "You are asked to be in the jury" in member.get("/home").text
        assert 'name="agrees" value="yes"' in member.get("/contest/2026").text
        thanks = member.post(
            "/contest/2026/jury/answer",
            data={"agrees": "yes", "next": "/home"},
            follow_redirects=True,
        )
        assert "Thank you: you are in the jury." in thanks.text
        assert member.get("/contest/2026/jury").status_code == 200
    finally:
        del app.extensions["clock"]
        session_store.write("MATCH (:Person {key: $key})-[j:JUROR_OF]->() DELETE j", key=ANNA)


def test_before_publishing_staff_read_what_cannot_be_taken_back(app: Flask) -> None:
    app.extensions["clock"] = lambda: datetime.now(UTC) + timedelta(days=30)
    try:
        page = reader(app, "staff").get("/staff/contest/2026/publish").text
    finally:
        del app.extensions["clock"]
    assert "This cannot be taken back" in page
    assert "Publish the winners and freeze the season" in page
    assert reader(app, "alumnus").get("/staff/contest/2026/publish").status_code == 403
