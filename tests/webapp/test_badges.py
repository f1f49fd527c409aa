"""Badges: verified by another implementation, seen revoked, of nobody who is hidden."""

import base64
import json
import warnings
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask

from graphnet.errors import Conflict
from graphnet.keys import trusted
from graphnet.live import Live
from graphnet.loyalty import (
    badges,
    cards,
    joining,
    memberships,
    taking,
)
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from tests.support.furnished import reader
from tests.support.graphs import ANNA, DARYA, ZHANNA
from tests.support.letters import delivered
from tests.support.loyal import ANNAS, agree, app, contribute, following, home, live, offer
from tests.support.refused import refused
from tests.support.themselves import erase, hide, show

__all__ = ["app", "following", "home", "live"]


def verified(text: str, key: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Verify a JWS by the letter of RFC 7515 and RFC 7518, and return its header and claims."""

    def octets(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    header, payload, signature = text.split(".")
    x, y = (int.from_bytes(octets(key[name]), "big") for name in ("x", "y"))
    r, s = (int.from_bytes(octets(signature)[at : at + 32], "big") for at in (0, 32))
    ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().verify(
        encode_dss_signature(r, s), f"{header}.{payload}".encode(), ec.ECDSA(SHA256())
    )
    return json.loads(octets(header)), json.loads(octets(payload))


def take_badge(app: Flask, kind: str, about: str) -> str:
    client = reader(app, "alumnus")
    taken = client.post("/me/badges", data={"kind": kind, "about": about})
    return taken.headers["Location"].rsplit("/", 1)[-1]


def test_a_badge_is_verified_by_another_implementation_and_seen_revoked(
    app: Flask, live: Live, home: Settings
) -> None:
    contribute(live, ANNA, "mentoring", "volunteer", 2)
    client, stranger = reader(app, "alumnus"), reader(app, "anyone")
    client.post("/me/membership/join")
    assert (
        client.post("/me/badges", data={"kind": "tier", "about": "mainstay"})
        .headers["Location"]
        .endswith("/me/membership")
    )  # not earned
    badge = take_badge(app, "mentor", "")
    assert take_badge(app, "mentor", "") == badge, "a second time it is the same"
    page = stranger.get(f"/badges/{badge}")
    assert page.status_code == 200 and "Mentor" in page.text and "holds" in page.text

    text = stranger.get(f"/badges/{badge}/credential").text
    keys = stranger.get("/badges/keys.json").get_json()
    key = keys["keys"][0]
    header, claims = verified(text, key)
    assert {name: key[name] for name in ("kty", "crv", "x", "y")} == header["jwk"]
    assert header["alg"] == "ES256" and header["kid"].endswith(key["kid"])
    with warnings.catch_warnings():  # it goes out of the library; it is another code than ours
        warnings.simplefilter("ignore")
        from authlib.jose import JsonWebKey, JsonWebToken

        assert dict(JsonWebToken(["ES256"]).decode(text, JsonWebKey.import_key(key))) == claims
    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert claims["jti"] == claims["id"] and claims["id"].endswith(f"/badges/{badge}/credential")
    assert claims["iss"] == claims["issuer"]["id"]
    assert claims["sub"] == claims["credentialSubject"]["id"]
    assert claims["credentialSubject"]["achievement"]["name"] == "Mentor"
    assert claims["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    first, payload, signature = text.split(".")
    other = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"name": "Laureate"}
    forged = base64.urlsafe_b64encode(json.dumps(other).encode()).rstrip(b"=").decode()
    with pytest.raises(InvalidSignature):
        verified(f"{first}.{forged}.{signature}", key)

    # Nothing of its owner is in it, in no form (cases 224, 225).
    whole = json.dumps([header, claims], ensure_ascii=False).casefold()
    for secret in ("anna", "анна", "иванова", 'example.org"', "hash", "salt", "@example", "email"):
        assert secret not in whole, secret

    assert claims["credentialStatus"]["id"].endswith("/badges/revoked.json")

    def status() -> list[dict[str, Any]]:
        listed = stranger.get("/badges/revoked.json").get_json()["revokedCredential"]
        return [one for one in listed if one["id"] == claims["id"]]

    assert status() == []
    staff = reader(app, "staff")
    staff.post(f"/staff/badges/{badge}/revoke", data={"reason": ""})
    assert status() == []
    reason = "The entry belonged to another person"
    staff.post(f"/staff/badges/{badge}/revoke", data={"reason": reason})
    assert status() == [
        {"id": claims["id"], "revoked": True, "revocationReason": reason}
    ]  # case 227: revoked, and why; one that is unknown is not in the list
    page = stranger.get(f"/badges/{badge}").text
    assert "revoked" in page and reason in page
    assert reason in delivered(live.store, home)[-1].get_content()
    with refused(Conflict, "revoked"):
        badges.take(live.store, ANNAS, "mentor", "")


def test_badges_of_the_hidden_answer_as_nobodys(app: Flask, live: Live) -> None:
    contribute(live, DARYA, "mentoring", "volunteer")
    daryas = Viewer("alumnus", DARYA)
    joining.join(live.store, daryas)
    badge = badges.take(live.store, daryas, "mentor", "")
    stranger, member = reader(app, "anyone"), reader(app, "alumnus")
    # A stranger sees no name of who shows it to members only; a member does.
    assert "does not show their name" in stranger.get(f"/badges/{badge}").text
    assert "Кузнецова" in member.get(f"/badges/{badge}").text
    hide(live.store, DARYA)
    live.catch_up()
    try:
        for client in (stranger, member):
            for path in ("/badges/{}", "/badges/{}/credential"):
                gone = client.get(path.format(badge))
                nobody = client.get(path.format("0" * 16))
                assert gone.status_code == nobody.status_code == 404
                assert gone.text.replace(badge, "0" * 16) == nobody.text
    finally:
        show(live.store, DARYA)
        live.catch_up()


def test_an_award_of_the_contest_brings_a_badge(live: Live) -> None:
    live.store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)<-[:OF]-(n:Nomination {id: 'won', once: 'won'}) "
        "CREATE (a:Award {id: 'won', code: 'won'})-[:TO]->(n) "
        "CREATE (a)-[:IN]->(:Contest {id: 'won', season: '2031', published_at: datetime()})",
        key=ANNA,
    )
    try:
        mine = memberships.of_person(live.store, ANNAS, ANNA)
        found = badges.earned(live.store, ANNAS, mine)
        assert ("ambassador", "2031") in {(one.kind, one.about) for one in found}
        badge = badges.take(live.store, ANNAS, "ambassador", "2031")
        assert badges.shown(live.store, badge)[0].about == "2031"
    finally:
        live.store.write("MATCH (n {id: 'won'}) DETACH DELETE n")


def test_who_is_erased_leaves_no_trace_and_a_badge_that_is_withdrawn(
    app: Flask, live: Live, home: Settings
) -> None:
    contribute(live, ZHANNA, "mentoring", "volunteer")
    agree(live, ZHANNA)
    hers = Viewer("alumnus", ZHANNA)
    perk, _, partner = offer(live, home)
    code = taking.take(live.store, hers, perk, keys=trusted(home, "tickets"))
    card = cards.make(live.store, hers, keys=trusted(home, "links"))
    badge = badges.take(live.store, hers, "mentor", "")
    erase(live.store, hers, ZHANNA)
    live.catch_up()
    assert not live.store.read("MATCH (m:Membership|MemberCard) RETURN m.id AS id LIMIT 1")
    assert cards.verify(live.store, card) is None
    stranger = reader(app, "anyone")
    assert stranger.get(f"/badges/{badge}").status_code == 404
    (listed,) = stranger.get("/badges/revoked.json").get_json()["revokedCredential"]
    assert badge in listed["id"] and listed["revocationReason"] == "withdrawn"
    redeemed = taking.redeem(live.store, partner, code.text, keys=trusted(home, "tickets"))
    assert redeemed.outcome == "unknown"
