"""`graphnet mail receive`: what a mail server is told of the letters that it hands over."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from graphnet.cli import main
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.requests import replies, threads
from graphnet.requests.opening import ask
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.graphs import ANNA, small_association

ME = Viewer("alumnus", ANNA, "account-1")


@pytest.fixture
def there(settings: Settings, address: tuple[str, str, str], tmp_path: Path) -> Settings:
    uri, user, password = address
    return replace(
        settings,
        home=tmp_path,
        demo=True,
        neo4j_uri=uri,
        neo4j_user=user,
        neo4j_password=password,
        mail_replies="reply@alumni.example.org",
    )


def test_an_answer_is_filed_and_one_that_cannot_be_is_refused(
    store: Store, there: Settings
) -> None:
    small_association(store)
    request = ask(store, ME, registered().request_kinds["question"], "A hall")
    to, run = replies.address(there, request, "anna"), CliRunner()

    def hand_over(raw: str, *options: str) -> tuple[int, str]:
        result = run.invoke(main, ["mail", "receive", *options], input=raw, obj=there)
        return result.exit_code, result.output

    letter = "From: anna@example.org\nTo: {}\nMessage-ID: <{}@x>\n\n{}\n"
    assert hand_over(letter.format(to, 1, "For forty")) == (0, "filed\n")
    assert hand_over(letter.format(to, 1, "For forty")) == (0, "duplicate\n")
    assert hand_over(letter.format("office@example.org", 2, "For ten"), "--to", to) == (
        0,
        "filed\n",
    )
    code, said = hand_over(letter.format("reply+0@alumni.example.org", 3, "Hello"))
    assert code == 67 and "not known" in said
    code, said = hand_over(letter.format(to, 4, "> A hall"))
    assert code == 67 and "nothing in the letter" in said
    assert hand_over("Auto-Submitted: auto-replied\n" + letter.format(to, 5, "Away"))[0] == 0
    assert hand_over(letter.format("office@example.org", 6, "Hello")) == (0, "nothing\n")
    assert [one.text for one in threads.for_asker(store, request)] == ["For forty", "For ten"]
