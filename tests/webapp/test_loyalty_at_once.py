"""Everybody at once on a real server: as many codes as there are, each used once, no error."""

import http.client
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.serving import make_server

from graphnet.keys import trusted
from graphnet.loyalty import partners, perk_editing, perks
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.furnished import own_home
from tests.support.many_members import cookies
from webapp.app import create_app
from webapp.frame.security import limiter

STAFFS = Viewer("staff", 1, "account", purpose="partners")
Send = Callable[[str, str, dict[str, str]], tuple[int, str]]


@pytest.fixture
def app(store: Store, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(limiter, "enabled", False)  # everybody here comes from one address
    made = create_app(own_home(settings, tmp_path), store=store)
    made.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return made


@pytest.fixture
def send(app: Flask) -> Iterator[Send]:
    """Post a form to the real server as the owner of a cookie: the status, and what is said."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="site")
    thread.start()

    def post(cookie: str, path: str, form: dict[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=300)
        body = "&".join(f"{name}={quote(value)}" for name, value in form.items())
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        connection.request("POST", path, body, kind)
        answer = connection.getresponse()
        said, given = answer.status, answer.getheader("Set-Cookie") or cookie
        answer.read()
        if answer.getheader("Location"):
            connection.request(
                "GET", answer.getheader("Location") or "", headers={"Cookie": given.split(";")[0]}
            )
            page = connection.getresponse()
            text = page.read().decode()
            said = max(said, page.status)
        else:
            text = ""
        connection.close()
        return said, text

    yield post
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("people", "quantity"), [(24, 6), pytest.param(200, 50, marks=pytest.mark.long)]
)
def test_all_at_once_take_as_many_as_there_are_and_each_is_used_once(
    app: Flask, store: Store, settings: Settings, tmp_path: Path, send: Send, people: int,
    quantity: int,
) -> None:  # fmt: skip
    home = own_home(settings, tmp_path)
    partner = partners.create(store, STAFFS, partners.Content("Bakery", "Пекарня"))
    token = partners.link(store, STAFFS, partner, keys=trusted(home, "links"))
    perk = perk_editing.create(
        store, STAFFS, partner, perks.Content(title="Bread", quantity=quantity)
    )
    perk_editing.publish(store, STAFFS, perk)
    owners = cookies(app, store, people)
    together = threading.Barrier(16)

    def take(number: int) -> tuple[int, str]:
        if number < 16:
            together.wait()
        return send(owners[number % people], f"/perks/{perk}/take", {})

    # Everybody clicks twice, from two browsers.
    with ThreadPoolExecutor(16) as many:
        answers = list(many.map(take, [n for n in range(people) for _ in range(2)]))
    assert {status for status, _ in answers} == {303}
    codes = {
        code for _, text in answers for code in re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", text)
    }
    rows = store.read(
        "MATCH (c:PerkCode)-[:BY]->(p:Person) RETURN count(c) AS n, count(DISTINCT p) AS owners"
    )
    assert rows == [{"n": quantity, "owners": quantity}]
    assert len(codes) == quantity
    assert sum("What is given back" in text for _, text in answers) == 2 * (people - quantity)

    # Each code is typed four times at once, by four of the partner's.
    def redeem(code: str) -> str:
        status, text = send("", f"/partner/{token}", {"code": code})
        assert status == 303
        return (
            "used" if "Valid, and used now" in text else "again" if "Already used" in text else ""
        )

    with ThreadPoolExecutor(16) as many:
        outcomes = Counter(many.map(redeem, [code for code in sorted(codes) for _ in range(4)]))
    assert outcomes == {"used": quantity, "again": 3 * quantity}
