"""Accounts, roles, sessions, links and the audit trail in the browser."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts, job_worker, jobs, mail
from graphnet.audit import acted, audit
from graphnet.errors import JobGivenUp
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store, Transaction
from tests.support.letters import delivered
from tests.webapp.conftest import PASSWORD
from webapp.features.admin.words import ACTS

Accounts = dict[str, accounts.Account]
Readers = Callable[[str], FlaskClient]
PAGES = ("/admin", "/admin/invite", "/admin/audit", "/admin/audit.csv", "/admin/jobs")


@pytest.mark.parametrize("role", ["anyone", "alumnus", "staff", "analyst"])
def test_only_administrators_come_in(
    sign_in_as: Readers, people_of_roles: Accounts, role: str
) -> None:
    client = sign_in_as(role)
    one = people_of_roles["alumnus"].id
    expected = 303 if role == "anyone" else 403
    for path in (*PAGES, f"/admin/accounts/{one}"):
        assert client.get(path).status_code == expected, path
    for path in ("roles", "link", "state", "sessions/end"):
        assert client.post(f"/admin/accounts/{one}/{path}").status_code == expected, path


def test_accounts_are_listed_narrowed_and_found(sign_in_as: Readers) -> None:
    client = sign_in_as("admin")
    page = client.get("/admin").text
    assert "4 accounts" in page
    assert all(f"{role}@example.org" in page for role in ("alumnus", "staff", "analyst", "admin"))
    assert "1 account " in client.get("/admin?role=staff").text
    page = client.get("/admin?q=ANALYST").text
    assert "analyst@example.org" in page
    assert "staff@example.org" not in page
    assert "No account fits" in client.get("/admin?q=nobody").text
    russian = client.get("/admin", headers={"Accept-Language": "ru"}).text
    assert "4 учётные записи" in russian


def test_whoever_is_hidden_has_no_name_here(
    sign_in_as: Readers, people_of_roles: Accounts, store: Store
) -> None:
    key = people_of_roles["alumnus"].person_key
    store.write(
        "MATCH (p:Person {key: $key}) SET p.visibility = 'hidden', p.given_name = 'Secret', "
        "p.name_key = 'secret'",
        key=key,
    )
    client = sign_in_as("admin")
    for path in ("/admin", "/admin?q=secret", f"/admin/accounts/{people_of_roles['alumnus'].id}"):
        assert "Secret" not in client.get(path).text
    assert "No account fits" in client.get("/admin?q=secret").text


def test_a_role_is_given_and_taken_by_buttons(
    sign_in_as: Readers, people_of_roles: Accounts, store: Store
) -> None:
    client, one = sign_in_as("admin"), people_of_roles["alumnus"].id
    path = f"/admin/accounts/{one}/roles"
    assert client.post(path, data={"role": "staff", "act": "give"}).status_code == 303
    assert accounts.account(store, one).roles == ("alumnus", "staff")
    assert client.post(path, data={"role": "staff", "act": "take"}).status_code == 303
    assert accounts.account(store, one).roles == ("alumnus",)
    assert client.post(path, data={"role": "emperor", "act": "give"}).status_code == 400
    assert client.post(path, data={"role": "staff", "act": "steal"}).status_code == 400
    trail = client.get("/admin/audit?act=role.give").text
    assert "gave a role" in trail
    assert "admin@example.org" in trail


def test_the_last_administrator_stays_and_the_page_says_why(
    sign_in_as: Readers, people_of_roles: Accounts, store: Store
) -> None:
    client, me = sign_in_as("admin"), people_of_roles["admin"].id
    for path, data in (
        ("roles", {"role": "admin", "act": "take"}),
        ("state", {"act": "disable"}),
    ):
        answer = client.post(f"/admin/accounts/{me}/{path}", data=data, follow_redirects=True)
        assert "The last administrator stays" in answer.text
    assert accounts.account(store, me).roles == ("admin",)


def test_switching_an_account_off_ends_it_and_on_brings_it_back(
    sign_in_as: Readers, people_of_roles: Accounts, app: Flask
) -> None:
    reader, client = sign_in_as("alumnus"), sign_in_as("admin")
    path = f"/admin/accounts/{people_of_roles['alumnus'].id}/state"
    assert client.post(path, data={"act": "disable"}).status_code == 303
    assert reader.get("/account").status_code == 303
    data = {"email": "alumnus@example.org", "password": PASSWORD}
    assert app.test_client().post("/sign-in", data=data).status_code == 422
    assert client.post(path, data={"act": "enable"}).status_code == 303
    assert app.test_client().post("/sign-in", data=data).status_code == 303


def test_sessions_of_others_are_listed_and_ended(
    sign_in_as: Readers, people_of_roles: Accounts
) -> None:
    first, second, client = sign_in_as("staff"), sign_in_as("staff"), sign_in_as("admin")
    page = f"/admin/accounts/{people_of_roles['staff'].id}"
    ids = re.findall(r'name="session" value="(\w+)"', client.get(page).text)
    assert len(ids) == 2
    client.post(f"{page}/sessions/end", data={"session": ids[0]})
    assert sorted(c.get("/account").status_code for c in (first, second)) == [200, 303]
    client.post(f"{page}/sessions/end")
    assert [c.get("/account").status_code for c in (first, second)] == [303, 303]
    assert "Not signed in anywhere" in client.get(page).text


def test_whose_account_it_is_is_told_what_was_done_with_it(
    sign_in_as: Readers, people_of_roles: Accounts, store: Store, web_settings: Settings
) -> None:
    """By a letter of its own for each act; whoever is switched off learns it from nowhere else."""
    client, staff = sign_in_as("admin"), people_of_roles["staff"].id
    sign_in_as("staff")
    for path, data, subject, words in (
        ("roles", {"role": "analyst", "act": "give"}, "may do", "another role: analyst"),
        ("roles", {"role": "analyst", "act": "take"}, "may do", "taken a role"),
        ("sessions/end", {}, "signed out", "has ended sign-ins"),
        ("state", {"act": "disable"}, "switched off", "write to us"),
        ("state", {"act": "enable"}, "on again", "sign in as before"),
    ):
        assert client.post(f"/admin/accounts/{staff}/{path}", data=data).status_code == 303
        told = delivered(store, web_settings)[-1]
        assert told["To"] == "staff@example.org"
        assert subject in told["Subject"] and words in told.get_content()
    before = len(delivered(store, web_settings))
    client.post(f"/admin/accounts/{staff}/roles", data={"role": "staff", "act": "give"})
    client.post(f"/admin/accounts/{staff}/sessions/end")
    assert len(delivered(store, web_settings)) == before, "nothing was changed by these"


def test_an_invitation_goes_the_whole_way(sign_in_as: Readers, app: Flask) -> None:
    client = sign_in_as("admin")
    data = {"email": "new@example.org", "given_name": "New", "family_name": "Colleague"}
    page = client.post("/admin/invite", data=data | {"roles": ["staff", "analyst"]}).text
    link = re.search(r'value="http://localhost(/reset/[\w-]+)"', page)
    assert link
    fresh = app.test_client()
    assert "new@example.org" in fresh.get(link[1]).text
    words = {"password": "my very own words", "again": "my very own words"}
    assert fresh.post(link[1], data=words).status_code == 303
    signed_in = fresh.post(
        "/sign-in", data={"email": "new@example.org", "password": "my very own words"}
    )
    assert signed_in.status_code == 303
    assert "staff, analyst" in fresh.get("/account").text
    again = client.post("/admin/invite", data=data)
    assert again.status_code == 422
    assert "has an account already" in again.text
    wrong = client.post("/admin/invite", data=data | {"email": "no address"})
    assert wrong.status_code == 422
    assert "not an e-mail address" in wrong.text


def test_a_reset_link_is_shown_once(
    sign_in_as: Readers, people_of_roles: Accounts, app: Flask
) -> None:
    client = sign_in_as("admin")
    page = f"/admin/accounts/{people_of_roles['staff'].id}"
    made = client.post(f"{page}/link").text
    link = re.search(r'value="http://localhost(/reset/[\w-]+)"', made)
    assert link
    assert link[1] not in client.get(page).text
    assert app.test_client().get(link[1]).status_code == 200


def test_the_trail_as_a_file_opens_safely(
    sign_in_as: Readers, people_of_roles: Accounts, store: Store
) -> None:
    client = sign_in_as("admin")
    store.in_write(lambda t: audit(t, "x", "staff", "read", "=1+1", "7", '+cmd|" /C calc"!A0'))
    answer = client.get("/admin/audit.csv?act=read")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["purpose"] for row in rows] == ["'=1+1"]
    assert rows[0]["detail"].startswith("'+cmd")


def test_an_unknown_account_is_not_there(sign_in_as: Readers) -> None:
    client = sign_in_as("admin")
    assert client.get("/admin/accounts/nobody").status_code == 404
    answer = client.post("/admin/accounts/nobody/roles", data={"role": "staff", "act": "give"})
    assert answer.status_code == 404


def test_jobs_are_seen_and_tried_again_and_no_letter_is_read(
    sign_in_as: Readers, store: Store
) -> None:
    def fail(job: jobs.Job) -> None:
        raise JobGivenUp("the disk is full", code="old")

    def act(transaction: Transaction) -> None:
        jobs.enqueue(transaction, "snapshot", key="snapshot:due")
        jobs.enqueue(transaction, "given", {"whom": "a canary"})
        mail.enqueue(transaction, to="anna@example.org", subject="S", text="a canary", key="k")

    store.in_write(act)
    worker = job_worker.Worker(store, {"snapshot": fail, "given": fail})
    while worker.step():
        pass
    client = sign_in_as("admin")
    page = client.get("/admin/jobs").text
    assert "No worker is running" in page
    assert page.count("the disk is full") == 2 and ">a letter<" in page
    assert "canary" not in page and "anna@example.org" not in page
    russian = client.get("/admin/jobs", headers={"Accept-Language": "ru"}).text
    assert "Попробовать ещё раз" in russian and "письмо" in russian
    assert russian.count("Письмо написано неделю назад") == 2, "why, in the reader's language"
    failed = client.get("/admin/jobs?state=failed").text
    assert ">a letter<" not in failed
    retries = re.findall(r'action="(/admin/jobs/[^"]+/retry)"', failed)
    assert len(retries) == 1, "what was given to the other one went when it failed"
    other = next(row["id"] for row in jobs.listed(store, ["failed"]) if not row["whole"])
    answer = client.post(f"/admin/jobs/{other}/retry", follow_redirects=True)
    assert "went when it failed" in answer.text
    answer = client.post(retries[0], follow_redirects=True)
    assert "as soon as a worker is free" in answer.text
    done: list[str] = []
    assert job_worker.Worker(store, {"snapshot": lambda job: done.append(job.about)}).step()
    assert done == ["due"]
    assert "runs, or is done" in client.post(retries[0], follow_redirects=True).text
    assert "no such job" in client.post("/admin/jobs/none/retry", follow_redirects=True).text
    assert sign_in_as("staff").post(retries[0]).status_code == 403


def test_the_trail_answers_who_looked_at_somebody(
    sign_in_as: Readers, people_of_roles: Accounts, store: Store
) -> None:
    staff = people_of_roles["staff"]
    alumnus = people_of_roles["alumnus"]
    reading = Viewer("staff", staff.person_key, staff.id, purpose="search")
    for keys in ([alumnus.person_key], [alumnus.person_key, *range(900, 960)], [901]):
        store.in_write(lambda t, keys=keys: acted(t, reading, "read", keys=keys))
    admin = sign_in_as("admin")

    def page(question: str) -> str:
        return admin.get(f"/admin/audit?act=read&{question}").text.partition("<tbody>")[2]

    assert page("").count("<tr>") >= 3
    about = page(f"person={alumnus.person_id}&actor={staff.email}")
    address = f"https://here.example/people/{alumnus.person_id}"
    assert page(f"person={address}&actor={staff.email}").count("<tr>") == 2
    assert about.count("<tr>") == 2
    assert "read data:" in about and f'href="/people/{alumnus.person_id}"' in about
    assert "and 60 people who are not named here" in about
    assert page(f"actor={staff.email}&from=2099-01-01") == ""
    assert page(f"actor={staff.email}&to=2020-01-01") == ""
    assert page("person=nobody") == ""
    rows = list(
        csv.reader(io.StringIO(admin.get(f"/admin/audit.csv?act=read&actor={staff.email}").text))
    )
    assert max(len(row[-1].split()) for row in rows) == 61, "all of them, not the first 50"
    mine = sign_in_as("alumnus").get("/me/looked").text
    assert "read data" in mine and "search" in mine and staff.email not in mine
    assert re.search(r'<td class="number">2</td>', mine)
    russian = sign_in_as("alumnus").get("/me/looked", headers={"Accept-Language": "ru"}).text
    assert "просмотр данных" in russian and "поиск" in russian


ACTS_WRITTEN = (
    r'\bacted\(\s*\w+,\s*[\w.()]+,\s*"([^"]+)"',
    r'\baudit\(\s*\w+,\s*[^,]+,\s*[^,]+,\s*"([^"]+)"',
    r'\bdid="([^"]+)"',
)


def test_every_act_on_the_trail_has_words() -> None:
    root = Path(__file__).parents[2]
    written = [
        found
        for package in ("graphnet", "webapp")
        for path in (root / package).rglob("*.py")
        for pattern in ACTS_WRITTEN
        for found in re.findall(pattern, path.read_text(encoding="utf-8"))
    ]
    assert len(written) > 100, "acts are looked for as they are written"
    assert sorted(set(written) - set(ACTS)) == []
