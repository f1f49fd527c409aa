"""Members: joining, tiers, the card that proves it, partners' perks, badges; who is told what."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from graphnet.errors import BadValue, Conflict, NotAllowed
from graphnet.keys import trusted
from graphnet.live import Live
from graphnet.loyalty import (
    cards,
    joining,
    memberships,
    partners,
    perks,
    taking,
)
from graphnet.loyalty.terms import anniversary
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from tests.support.furnished import reader, site
from tests.support.graphs import ANNA, BORIS, DARYA, ZHANNA
from tests.support.letters import delivered
from tests.support.loyal import (
    ANNAS,
    RUSSIAN,
    STAFFS,
    TODAY,
    agree,
    app,
    contribute,
    following,
    home,
    live,
    offer,
)
from tests.support.refused import refused
from tests.support.themselves import hide, show

__all__ = ["app", "following", "home", "live"]


def test_joining_is_one_button_and_twice_is_once(app: Flask, live: Live) -> None:
    client = reader(app, "alumnus")
    assert "Become a member" in client.get("/me/membership").text
    for _ in range(2):
        assert client.post("/me/membership/join").status_code == 303
    page = client.get("/me/membership").text
    until = anniversary(TODAY, 1) - timedelta(days=1)
    assert "Become a member" not in page and f'datetime="{until}"' in page
    terms = live.store.read("MATCH (m:Membership) RETURN m.ends AS ends")
    assert [row["ends"].to_native() for row in terms] == [until]
    assert "Участник" in client.get("/me/membership", headers=RUSSIAN).text
    for role in ("analyst", "staff", "anyone"):
        assert reader(app, role).post("/me/membership/join").status_code in (303, 403)
    assert "/me/membership" in client.get("/me").text


def test_renewing_early_late_and_after_staff_ended_it(live: Live) -> None:
    store, now = live.store, datetime.now(UTC)
    first = joining.join(store, ANNAS, now=now - timedelta(days=310))
    assert memberships.of_person(store, ANNAS, ANNA).offer is not None
    starts, ends = joining.join(store, ANNAS)
    assert starts == first[1] + timedelta(days=1) and ends == anniversary(starts, 1) - timedelta(1)
    with refused(Conflict, "early"):
        joining.join(store, ANNAS)
    assert joining.end(store, STAFFS, ANNA, note="As asked by letter") == 2
    mine = memberships.of_person(store, ANNAS, ANNA)
    assert mine.standing.state == "lapsed" and mine.ended and mine.offer is None
    with refused(Conflict, "ended"):
        joining.join(store, ANNAS)
    joining.grant(store, STAFFS, ANNA, note="It was a mistake", years=0)
    assert memberships.of_person(store, ANNAS, ANNA).standing.lifetime
    with refused(Conflict, "lifetime"):
        joining.join(store, ANNAS)
    with pytest.raises(NotAllowed):
        joining.grant(store, ANNAS, ANNA, note="For myself")
    with pytest.raises(NotAllowed):
        memberships.of_person(store, Viewer("alumnus", BORIS), ANNA)
    with refused(BadValue, "starts"):
        joining.grant(store, STAFFS, BORIS, note="Long ago", years=1, starts=date(2010, 1, 1))


def test_an_end_that_nears_waits_on_the_first_page(app: Flask, live: Live) -> None:
    joining.join(live.store, ANNAS, now=datetime.now(UTC) - timedelta(days=310))
    client = reader(app, "alumnus")
    assert "Your membership ends on" in client.get("/home").text
    client.post("/me/membership/join", data={"renew": "1"})
    assert "Your membership ends on" not in client.get("/home").text


def test_staff_grant_and_end_with_a_reason_and_the_person_is_told(
    app: Flask, live: Live, home: Settings
) -> None:
    staff = reader(app, "staff")
    assert "Their membership" in staff.get("/people/anna").text
    page = "/people/anna/membership"
    unsaid = staff.post(f"{page}/grant", data={"years": "5", "note": ""})
    assert unsaid.status_code == 422
    assert re.search(r'<input checked[^>]*value="5"', unsaid.text), "nothing chosen is lost"
    reason = "За помощь с музеем университета"
    assert staff.post(f"{page}/grant", data={"years": "5", "note": reason}).status_code == 303
    letter = delivered(live.store, home)[-1]
    assert letter["To"] == "alumnus@example.org" and reason in letter.get_content()
    client = reader(app, "alumnus")
    assert reason in client.get("/home").text and reason in client.get("/me/membership").text
    client.post("/me/membership/seen", data={"next": "/home"})
    assert reason not in client.get("/home").text
    trail = live.store.read(
        "MATCH (a:AuditEntry {act: 'membership granted'}) RETURN a.detail AS d, a.keys AS k "
        "ORDER BY a.at DESC LIMIT 1"
    )
    assert trail == [{"d": reason, "k": [ANNA]}]
    assert staff.post(f"{page}/end", data={"why": "По его просьбе"}).status_code == 303
    assert "По его просьбе" in delivered(live.store, home)[-1].get_content()
    assert "По его просьбе" in client.get("/home").text
    for role in ("alumnus", "analyst", "anyone"):
        other = reader(app, role)
        assert other.get(page).status_code in (303, 403)
        assert other.post(f"{page}/grant", data={"years": "0", "note": "x"}).status_code in (
            303,
            403,
        )
        assert other.get("/staff/partners").status_code in (303, 403)


def test_the_tier_follows_from_the_ledger_and_the_page_says_what_is_next(
    app: Flask, live: Live
) -> None:
    joining.join(live.store, Viewer("alumnus", DARYA))
    client = reader(app, "admin")
    before = memberships.of_person(live.store, Viewer("alumnus", DARYA), DARYA)
    assert before.tier == "member" and before.tiered.next == "active"
    page = client.get("/me/membership").text
    assert "Next: Active member" in page and "“Evening”" in page  # an event to come to
    contribute(live, DARYA, "event_organised", "volunteer")
    after = memberships.of_person(live.store, Viewer("alumnus", DARYA), DARYA)
    assert after.tier == "active" and after.tiered.until is not None
    page = client.get("/me/membership").text
    assert "Active member" in page and "Next: Mainstay" in page
    assert "Активный участник" in client.get("/me/membership", headers=RUSSIAN).text
    counts = memberships.by_tier(live.store, STAFFS)
    assert counts["active"] == 1 and counts["member"] == 0
    rules = reader(app, "anyone").get("/loyalty").text
    for said in ("Mentored a student", "From 40 points on", "in at least 2 ways", "2026-1"):
        assert said in rules


def test_a_card_says_valid_tier_until_and_nothing_else(
    app: Flask, live: Live, home: Settings
) -> None:
    client, stranger = reader(app, "alumnus"), reader(app, "anyone")
    assert "A card is for members" in client.get("/me/membership/card").text
    client.post("/me/membership/card", data={"act": "make"})
    assert not live.store.read("MATCH (c:MemberCard) RETURN c.id AS id LIMIT 1")
    client.post("/me/membership/join")
    client.post("/me/membership/card", data={"act": "make"})
    (token,) = set(re.findall(r"/card/([\w-]{43})", client.get("/me/membership/card").text))
    page = stranger.get(f"/card/{token}")
    assert page.status_code == 200 and "Member" in page.text and "valid" in page.text
    for secret in ("Анна", "Иванова", "anna", "alumnus@example.org"):
        assert secret not in page.text
    pdf = client.get("/me/membership/card.pdf")
    assert pdf.mimetype == "application/pdf" and pdf.data.startswith(b"%PDF")
    # Renewed: the old one is as if it had never been.
    client.post("/me/membership/card", data={"act": "make"})
    (new,) = set(re.findall(r"/card/([\w-]{43})", client.get("/me/membership/card").text))
    unknown = stranger.get("/card/" + "x" * 43)
    assert new != token and stranger.get(f"/card/{new}").status_code == 200
    assert unknown.status_code == 404

    def same(given: str) -> bool:
        found = stranger.get(f"/card/{given}")
        return (found.status_code, found.text.replace(given, "x" * 43)) == (404, unknown.text)

    assert same(token)
    hide(live.store, ANNA)
    assert same(new)
    show(live.store, ANNA)
    assert stranger.get(f"/card/{new}").status_code == 200
    joining.end(live.store, STAFFS, ANNA, note="As asked")
    assert same(new)
    # A copy of the database opens nothing.
    kept = live.store.read("MATCH (c:MemberCard) RETURN c.id AS id, c.token_hash AS h")[0]
    assert same(kept["id"]) and same(kept["h"])
    joining.grant(live.store, STAFFS, ANNA, note="Again", years=1)
    client.post("/me/membership/card", data={"act": "end"})
    assert same(new)
    assert cards.verify(live.store, new) is None


def test_a_card_of_somebody_with_one_name(app: Flask, live: Live) -> None:  # case 14
    live.store.write("MATCH (p:Person {key: $key}) SET p.family_name = null", key=ANNA)
    try:
        client = reader(app, "alumnus")
        client.post("/me/membership/join")
        client.post("/me/membership/card", data={"act": "make"})
        page = client.get("/me/membership/card").text
        assert "Анна" in page and "None" not in page
        assert client.get("/me/membership/card.pdf").status_code == 200
    finally:
        live.store.write("MATCH (p:Person {key: $key}) SET p.family_name = 'Иванова'", key=ANNA)


def test_verifying_is_limited(live: Live, home: Settings) -> None:
    strict = site(live, home)
    strict.config["RATELIMIT_ENABLED"] = True
    from webapp.frame.security import limiter

    before, limiter.enabled = limiter.enabled, True
    try:
        found = {strict.test_client().get("/card/nothing").status_code for _ in range(25)}
    finally:
        limiter.enabled = before
    assert found == {404, 429}


def test_offers_are_made_in_the_browser_and_seen_by_who_agreed(app: Flask, live: Live) -> None:
    staff, client = reader(app, "staff"), reader(app, "alumnus")
    wrong = staff.post("/staff/partners/new", data={"name": "", "url": "bakery"})
    assert wrong.status_code == 422 and 'value="bakery"' in wrong.text
    made = staff.post("/staff/partners/new", data={"name_ru": "Пекарня", "url": "https://b.org/"})
    partner = made.headers["Location"].rsplit("/", 1)[-1]
    perk = {
        "title_ru": "Хлеб", "title": "Bread", "kind": "discount", "terms": "Fresh",
        "hold_days": "30", "tier": "", "unit": "", "quantity": "3",
    }  # fmt: skip
    late = {"opens_on": "2027-01-02", "closes_on": "2027-01-01"}
    refused = staff.post(f"/staff/partners/{partner}/perks/new", data=perk | late)
    assert refused.status_code == 422 and "Fresh" in refused.text
    staff.post(f"/staff/partners/{partner}/perks/new", data=perk)
    page = staff.get(f"/staff/partners/{partner}").text
    (perk_id,) = set(re.findall(r"/staff/perks/(\w+)/edit", page))
    client.post("/me/membership/join")
    client.post("/me/interests/consent", data={"purpose": "partners", "state": "given"})
    assert "Bread" not in client.get("/perks").text  # a draft
    staff.post(f"/staff/perks/{perk_id}/state", data={"act": "publish"})
    assert "Bread" in client.get("/perks").text and "Bakery" not in client.get("/perks").text
    assert "Хлеб" in client.get("/perks", headers=RUSSIAN).text
    assert "Fresh" in client.get(f"/perks/{perk_id}").text
    # By separate consent, and never in what is recommended.
    assert "Bread" not in client.get("/home").text
    for name in ("services", "news", "events"):
        assert "Bread" not in client.get(f"/recommended/{name}").text
    client.post("/me/interests/consent", data={"purpose": "partners", "state": "refused"})
    assert "Bread" not in client.get("/perks").text
    assert client.get(f"/perks/{perk_id}").status_code == 404
    assert client.post(f"/perks/{perk_id}/take").status_code == 303
    assert not live.store.read("MATCH (c:PerkCode) RETURN c.id AS id LIMIT 1")
    # Two of staff at once: who saves second is told.
    old = staff.post(f"/staff/perks/{perk_id}/edit", data=perk | {"version": "1", "terms": "Two"})
    assert old.status_code == 303
    second = staff.post(f"/staff/perks/{perk_id}/edit", data=perk | {"version": "1"})
    assert second.status_code == 409 and "Fresh" in second.text


def test_who_may_have_an_offer(live: Live, home: Settings) -> None:
    store = live.store
    agree(live, ANNA)
    asks = perks.reader(store, ANNAS)
    assert asks.years == {1998}
    for values, why in (
        ({}, ""),
        ({"tier": "mainstay"}, "tier"),
        ({"from_year": 1998, "to_year": 1998}, ""),
        ({"to_year": 1997}, "years"),
        ({"from_year": 1999}, "years"),
        ({"unit": "faculty"}, ""),
    ):
        perk, _, _ = offer(live, home, **values)
        held = perks.one(store, STAFFS, perk)
        assert asks.why_not(held) == why, values
        if why:
            with refused(Conflict, why):
                taking.take(store, ANNAS, perk, keys=trusted(home, "tickets"))
    with refused(BadValue, "unit: unknown"):
        offer(live, home, unit="nowhere")
    future, _, _ = offer(live, home, opens_on=TODAY + timedelta(days=1))
    with refused(Conflict, "coming"):
        taking.take(store, ANNAS, future, keys=trusted(home, "tickets"))
    past, _, _ = offer(live, home, closes_on=TODAY - timedelta(days=1))
    with refused(Conflict, "over"):
        taking.take(store, ANNAS, past, keys=trusted(home, "tickets"))


def test_a_code_is_taken_once_used_once_and_says_nothing_of_its_owner(
    app: Flask, live: Live, home: Settings
) -> None:
    agree(live, ANNA, DARYA)
    perk, token, partner = offer(live, home, quantity=1)
    client, other, desk = reader(app, "alumnus"), reader(app, "admin"), reader(app, "anyone")
    for _ in range(2):  # a double click
        client.post(f"/perks/{perk}/take")
    (code,) = set(re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", client.get(f"/perks/{perk}").text))
    refused = other.post(f"/perks/{perk}/take", follow_redirects=True)
    assert "given out" in refused.text
    said = desk.post(f"/partner/{token}", data={"code": "0000-0000"}, follow_redirects=True)
    assert "There is no such code" in said.text
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    used = desk.post(f"/partner/{token}", data={"code": typed}, follow_redirects=True).text
    assert "Valid, and used now: Bread" in used
    again = desk.post(f"/partner/{token}", data={"code": code}, follow_redirects=True).text
    assert "Already used: Bread. Since " in again
    for secret in ("Анна", "Иванова", "anna", "alumnus@example.org"):
        assert secret not in used + again
    assert "fewer than 5" in again  # figures are thresholded
    assert "used" in client.get(f"/perks/{perk}").text
    client.post(f"/perks/{perk}/take")
    assert len(live.store.read("MATCH (c:PerkCode) RETURN c.id AS id LIMIT 9")) == 1
    # Another partner's page does not know it; an ended link opens nothing.
    _, elsewhere, _ = offer(live, home)
    wrong = desk.post(f"/partner/{elsewhere}", data={"code": code}, follow_redirects=True).text
    assert "There is no such code" in wrong
    partners.unlink(live.store, STAFFS, partner.id)
    assert desk.get(f"/partner/{token}").status_code == 404
    assert desk.post(f"/partner/{token}", data={"code": code}).status_code == 404


def test_what_is_given_back_or_runs_out_is_there_for_others(live: Live, home: Settings) -> None:
    store, keys = live.store, trusted(home, "tickets")
    agree(live, ANNA, DARYA, ZHANNA)
    perk, _, partner = offer(live, home, quantity=1, hold_days=10)
    hers = taking.take(store, ANNAS, perk, keys=keys)
    daryas = Viewer("alumnus", DARYA)
    with refused(Conflict, "full"):
        taking.take(store, daryas, perk, keys=keys)
    taking.give_back(store, ANNAS, hers.id)
    with pytest.raises(Conflict):
        taking.give_back(store, ANNAS, hers.id)
    assert taking.redeem(store, partner, hers.text, keys=keys).outcome == "lapsed"
    code = taking.take(store, daryas, perk, keys=keys)
    late = datetime.now(UTC) + timedelta(days=11)
    assert taking.redeem(store, partner, code.text, keys=keys, now=late).outcome == "lapsed"
    store.write("MATCH (c:PerkCode {id: $id}) SET c.until = date() - duration('P2D')", id=code.id)
    third = taking.take(store, Viewer("alumnus", ZHANNA), perk, keys=keys)
    assert third.state == "held"
    # Who is no member any more has nothing to use; who is erased is nobody.
    joining.end(store, STAFFS, ZHANNA, note="As asked")
    assert taking.redeem(store, partner, third.text, keys=keys).outcome == "lapsed"
    joining.grant(store, STAFFS, ZHANNA, note="Again", years=1)
    assert taking.redeem(store, partner, third.text, keys=keys).outcome == "redeemed"
    with refused(Conflict, "once"):
        taking.take(store, Viewer("alumnus", ZHANNA), perk, keys=keys)


def test_a_changed_key_redeems_what_was_made_before(live: Live, home: Settings) -> None:
    agree(live, ANNA)
    perk, _, partner = offer(live, home)
    old, new = b"o" * 32, b"n" * 32
    code = taking.take(live.store, ANNAS, perk, keys=(old,))
    shown = perks.my_codes(live.store, ANNAS, TODAY, keys=(new, old))[0]
    assert shown.text == code.text
    assert perks.my_codes(live.store, ANNAS, TODAY, keys=(new,))[0].text == ""
    assert taking.redeem(live.store, partner, code.text, keys=(new, old)).outcome == "redeemed"
