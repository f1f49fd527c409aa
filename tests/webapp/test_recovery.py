"""Recovery plans on the site: made, changed, sent, answered by link and by hand, and refused."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, BORIS, GEORGY
from tests.support.letters import delivered
from tests.support.themselves import hide


@pytest.fixture
def live(store: Store, settings: Settings, tmp_path: Path) -> Iterator[Live]:
    following = furnished(store, own_home(settings, tmp_path))
    store.write("MATCH (a:Ask) DETACH DELETE a")
    store.write("MATCH (p:RecoveryPlan) DETACH DELETE p")
    yield following
    following.stop()


@pytest.fixture
def app(live: Live, settings: Settings, tmp_path: Path) -> Flask:
    return site(live, own_home(settings, tmp_path))


@pytest.fixture
def staff(app: Flask) -> FlaskClient:
    return reader(app, "staff")


def made(staff: FlaskClient, ask: int = 4) -> str:
    """Make a plan by its form and return its address."""
    answer = staff.post(
        "/staff/recovery/new", data={"kind": "cohorts", "thing": "optics98", "ask": ask}
    )
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def ask_id(store: Store, key: int) -> str:
    return str(
        store.read("MATCH (a:Ask)-[:OF]->(:Person {key: $key}) RETURN a.id AS id LIMIT 1", key=key)[
            0
        ]["id"]
    )


def link_in(staff: FlaskClient, plan: str, ask: str) -> str:
    text = staff.get(f"{plan}/letters?ask={ask}").text
    found = re.search(r"/answer/[0-9a-z]{16}", text)
    assert found
    return found[0]


def test_only_staff_plan(app: Flask, staff: FlaskClient) -> None:
    plan = made(staff)
    paths = ("/staff/recovery", "/staff/recovery/new", plan, f"{plan}/letters", f"{plan}/calls")
    for role in ("alumnus", "analyst"):
        assert {reader(app, role).get(path).status_code for path in paths} == {403}
    assert {app.test_client().get(path).status_code for path in paths} == {303}
    assert staff.get("/staff/recovery/none").status_code == 404


def test_coverage_is_narrowed_and_opened_as_csv(staff: FlaskClient) -> None:
    text = staff.get("/staff/recovery").text
    assert "Optics 1998" in text
    assert "/staff/recovery/new?kind=cohorts&amp;thing=optics98" in text
    assert "Optics 1998" not in staff.get("/staff/recovery?decade=1970").text
    assert "1-98" in staff.get("/staff/recovery?kind=study_groups&sort=-share").text
    rows = list(
        csv.DictReader(io.StringIO(staff.get("/staff/recovery?as=csv").text.strip("\ufeff")))
    )
    row = next(row for row in rows if row["id"] == "optics98")
    assert (row["people of the class"], row["lost"]) == ("4", "1")


def test_a_plan_says_whom_why_and_how_much(staff: FlaskClient, store: Store) -> None:
    preview = staff.get("/staff/recovery/new?kind=cohorts&thing=optics98&ask=2").text
    assert "Make the plan: 2 people to ask" in preview
    assert not store.read("MATCH (p:RecoveryPlan) RETURN p.id AS id LIMIT 1"), "looking makes none"
    text = staff.get(made(staff)).text
    assert "Анна Иванова" in text
    assert "knows 1 of the lost, as is on file" in text and "was monitor of the group" in text
    assert re.search(r"adds 0\.10 to those before", text)


def test_a_plan_is_named_closed_and_removed_while_nobody_was_asked(
    staff: FlaskClient, store: Store
) -> None:
    plan = made(staff, 2)
    act = lambda **form: staff.post(plan, data=form, follow_redirects=True).text  # noqa: E731
    assert "The plan has its name" in act(act="rename", name="  The class of   Optics ")
    assert "The class of Optics" in staff.get("/staff/recovery").text
    assert "at most 120 letters" in act(act="rename", name="x" * 121)
    assert "closed plan" in act(act="close")
    assert "This plan is closed since" in staff.get(plan).text
    assert "This plan is closed since" not in act(act="open")
    staff.post(f"{plan}/sent", data={"ask_id": ask_id(store, ANNA), "channel": "post"})
    assert "was asked already" in act(act="remove")
    second = made(staff, 1)
    store.write("MATCH (a:Ask) SET a.sent_at = null")
    page = staff.post(second, data={"act": "remove"}, follow_redirects=True).text
    assert "The plan is gone" in page
    assert staff.get(second).status_code == 404
    assert staff.post(second, data={"act": "close"}).status_code == 404


def test_who_has_no_number_stands_apart_from_the_calls(staff: FlaskClient, store: Store) -> None:
    plan = made(staff, 4)
    page = staff.get(f"{plan}/calls").text
    assert "Note the call" not in page
    assert "No telephone number on file" in page
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: 'tel', kind: 'phone', "
        "value: '+7 000 000-17-88', value_key: '+70000001788'})",
        key=GEORGY,
    )
    page = staff.get(f"{plan}/calls").text
    assert page.count("Note the call") == 1
    assert 'href="tel:+70000001788"' in page, "digits only"


def test_exclude_fix_never_and_plan_again(staff: FlaskClient, store: Store) -> None:
    plan = made(staff, 2)
    anna = ask_id(store, ANNA)
    act = lambda **form: staff.post(plan, data=form, follow_redirects=True).text  # noqa: E731
    assert "the next best has taken the place" in act(act="exclude", ask_id=anna)
    assert "Fixed" in act(act="fix", ask_id=anna)
    assert "Say in a few words" in act(act="never", ask_id=anna, reason=" ")
    text = act(act="never", ask_id=anna, reason="family matters")
    assert "Will not be asked in any plan" in text
    assert "family matters" in staff.get("/staff/recovery").text
    staff.post(f"/staff/recovery/never/{ANNA}")
    assert "family matters" not in staff.get("/staff/recovery").text
    assert "between 1 and 500" in act(act="resize", ask="9000")
    assert "new size" in act(act="resize", ask="1")
    assert "Planned again" in act(act="again")


def test_letters_name_only_the_readers_own_group_in_their_language(
    staff: FlaskClient, store: Store
) -> None:
    store.write("MATCH (p:Person {key: $key}) SET p.language = 'en'", key=GEORGY)
    store.write("MATCH (a:Account)-[:OF]->(:Person {key: $key}) SET a.language = 'ru'", key=ANNA)
    plan = made(staff)
    anna = staff.get(f"{plan}/letters?ask={ask_id(store, ANNA)}").text
    assert "С кем из вашей группы вы на связи?" in anna
    assert "Борис Петров" in anna
    georgy = staff.get(f"{plan}/letters?ask={ask_id(store, GEORGY)}").text
    assert "From your own group we miss:" in georgy
    everyone = staff.get(f"{plan}/letters").text
    assert everyone.count('class="letter"') == 4
    assert "Вера" not in everyone
    assert "Евгений" not in everyone
    # Zhanna and Darya were in other groups: Boris stands in the letters of Anna and Georgy only,
    # each of which is there twice, to print and to copy.
    assert everyone.count("Борис Петров") == 4
    hide(store, BORIS)
    assert "Борис" not in staff.get(f"{plan}/letters").text


def test_mail_goes_with_a_link_to_end_it_and_only_once_a_month(
    app: Flask, staff: FlaskClient, store: Store
) -> None:
    plan, other = made(staff), made(staff)
    asked = staff.post(f"{plan}/sent", data={"channel": "mail"})
    assert asked.status_code == 200, "a second look"
    whom = asked.text.partition("Who gets a letter")[2].partition("How it reads")[0]
    assert whom.count("@example.org") == 4
    assert "Send 4 letters now?" in asked.text
    assert "not asked again by any plan for a month" in asked.text
    assert not store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.id AS id LIMIT 1"), "nothing left"
    sure = {"channel": "mail", "sure": "yes"}
    text = staff.post(f"{plan}/sent", data=sure, follow_redirects=True).text
    assert "4 letters noted as sent" in text
    jobs = store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS p ORDER BY p LIMIT 9")
    assert len(jobs) == 4
    assert not any("/answer/" in row["p"] or "Анн" in row["p"] for row in jobs), "no link, no name"
    hide(store, BORIS)
    sent = delivered(store, app.extensions["graphnet"].settings)
    texts = [one.get_content() for one in sent]
    assert len(texts) == 4 and all(re.search(r"/answer/[0-9a-z]{16}/never\n", t) for t in texts)
    assert all(one["List-Unsubscribe"].endswith("/never>") for one in sent)
    assert "Борис" not in "".join(texts), "who hides before it leaves is not named"
    found = re.search(r"/answer/[0-9a-z]{16}", texts[0])
    assert found is not None and app.test_client().get(found[0]).status_code == 200
    text = staff.post(f"{other}/sent", data={"channel": "post"}, follow_redirects=True).text
    assert "4 were left out" in text
    assert "Say how" in staff.post(f"{plan}/sent", data={}, follow_redirects=True).text


def test_who_has_no_address_gets_no_mail(staff: FlaskClient, store: Store) -> None:
    store.write("MATCH (:Person {key: $key})-[:HAS]->(c) SET c.kind = 'phone'", key=GEORGY)
    plan = made(staff)
    asked = staff.post(f"{plan}/sent", data={"channel": "mail"}).text
    assert "Send 3 letters now?" in asked
    assert "No e-mail address: they get none" in asked
    sure = {"channel": "mail", "sure": "yes"}
    text = staff.post(f"{plan}/sent", data=sure, follow_redirects=True).text
    assert "3 letters noted as sent" in text
    assert "1 was left out" in text


def test_an_answer_by_link_without_signing_in(app: Flask, staff: FlaskClient, store: Store) -> None:
    plan = made(staff)
    anna = ask_id(store, ANNA)
    link = link_in(staff, plan, anna)
    staff.post(f"{plan}/sent", data={"channel": "copied", "ask_id": anna})
    stranger = app.test_client()
    text = stranger.get(link).text
    assert "Борис Петров" in text
    assert "Вера" not in text
    assert "Жанна" not in text
    wrong = stranger.post(link, data={"how-vera": "in_touch"})
    unknown = stranger.post(link, data={"how-nobody": "in_touch"})
    assert wrong.status_code == unknown.status_code == 422
    strip = lambda t: re.sub(r'value="[^"]*"', "", t)  # noqa: E731
    assert strip(wrong.text) == strip(unknown.text), "hidden and unknown get the same answer"
    text = stranger.post(link, data={"how-boris": "link", "said": "Иван Смирнов"}).text
    assert "send you the message or the link" in text
    page = staff.get(plan).text
    assert "will pass on a link" in page
    assert "Иван Смирнов" in page
    assert 'value="link" selected' in stranger.get(link).text
    assert stranger.get("/answer/0000000000000000").status_code == 404


def test_do_not_ask_me_again_is_one_post(app: Flask, staff: FlaskClient, store: Store) -> None:
    plan = made(staff)
    anna = ask_id(store, ANNA)
    link = link_in(staff, plan, anna)
    app.config["WTF_CSRF_ENABLED"] = True  # a mail program has no token of ours
    stranger = app.test_client()
    assert "Do not ask me again" in stranger.get(f"{link}/never").text
    assert not store.read("MATCH (n:NeverAsk) RETURN n.id AS id LIMIT 1"), "looking does nothing"
    answer = stranger.post(f"{link}/never", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "will not be asked again" in answer.text
    assert stranger.post("/answer/0000000000000000/never").status_code == 404
    app.config["WTF_CSRF_ENABLED"] = False
    assert "Анна Иванова" not in staff.get(made(staff)).text


def test_a_letter_waits_on_the_readers_own_page(
    app: Flask, staff: FlaskClient, store: Store
) -> None:
    plan = made(staff)
    anna = ask_id(store, ANNA)
    link = link_in(staff, plan, anna)
    alumnus = reader(app, "alumnus")
    assert link not in alumnus.get("/home").text
    staff.post(f"{plan}/sent", data={"channel": "post", "ask_id": anna})
    assert link in alumnus.get("/home").text
    app.test_client().post(link, data={})
    assert link not in alumnus.get("/home").text


def test_calls_and_answers_by_hand(staff: FlaskClient, store: Store) -> None:
    plan = made(staff)
    georgy = ask_id(store, GEORGY)
    assert "Георгий Сидоров" in staff.get(f"{plan}/calls").text

    def call(**form: str) -> str:
        data = {"ask_id": georgy} | form
        return staff.post(f"{plan}/calls", data=data, follow_redirects=True).text

    assert "on which day" in call(outcome="call_back")
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    assert "call back" in call(outcome="call_back", next_on=yesterday, note="after six")
    assert "1 call to make" in staff.get("/staff").text
    rows = list(csv.DictReader(io.StringIO(staff.get(f"{plan}/calls?as=csv").text.strip("\ufeff"))))
    called = next(row for row in rows if row["name"] == "Георгий Сидоров")
    assert (called["outcome"], called["call again on"]) == ("call back", yesterday)
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: 'tel', kind: 'phone', "
        "value: '+7 812 1', value_key: '+78121'})",
        key=GEORGY,
    )
    assert "say which" in call(outcome="wrong_number", contact="+7 812 2")
    assert "+7 812 1" not in call(outcome="wrong_number", contact="+7 812 1"), "it is gone"
    assert "An answer of" in call(outcome="reached")
    form = {"how-boris": "pass_on", "said": "lives abroad", "ask_id": georgy}
    text = staff.post(f"{plan}/answer/{georgy}", data=form, follow_redirects=True).text
    assert "can pass a message on" in text
    assert "lives abroad" in text
    assert "Георгий" not in staff.get(f"{plan}/calls").text
    bad = staff.post(f"{plan}/answer/{georgy}", data={"how-vera": "link"}, follow_redirects=True)
    assert "could not be kept" in bad.text
    assert "Only who was asked" in staff.get(f"{plan}/answer/none", follow_redirects=True).text


def test_three_numbers_stand_on_top_of_staffs_page(staff: FlaskClient, store: Store) -> None:
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: 'b', kind: 'email', "
        "value: 'b@example.org', value_key: 'b@example.org', verified_at: datetime()})",
        key=BORIS,
    )
    text = re.sub(r"<[^>]+>|\s+", " ", staff.get("/staff").text)
    text = re.sub(r"\s+", " ", text)
    # Anna, Zhanna and Darya got accounts today, Georgy keeps his old contact, Boris was lost.
    assert re.search(r"\b1 won back this month", text)
    assert re.search(r"\b4 heard from this month", text)
