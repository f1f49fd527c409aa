"""Every act on the site: whom it tells, by which letter and where on the first page; or why nobody.

Whatever posts is named here once. An act about another person names the kinds of letter that it
may send and the features whose rows on /home or /staff show it; a test for each feature sees to it
that the letter leaves. An act that tells nobody says why, so that forgetting somebody is a choice
that one reads.
"""

import importlib
from dataclasses import dataclass

from flask import Flask

from graphnet.features import registered


@dataclass(frozen=True)
class Told:
    """How somebody hears of an act: kinds of letter, and whose rows on the first page."""

    letters: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    worded: str = ""  # the module that words and queues it itself


def told(*letters: str, home: str = "") -> Told:
    return Told(letters, tuple(home.split()))


TELLS = {
    # -- who comes in
    "admin.take_second_factor": told("accounts.factor_off"),
    "admin.change_role": told("accounts.rights"),
    "admin.change_state": told("accounts.closed", "accounts.opened"),
    "admin.end_sessions": told("accounts.ended"),
    "auth.change_factor": told("accounts.factor_on", "accounts.factor_off"),
    "auth.add_passkey": told("accounts.passkey_added"),
    "auth.change_passkey": told("accounts.passkey_removed"),
    "auth.sign_in": told("accounts.new_device"),
    "auth.letter": told("accounts.sign_in"),
    "auth.forgotten": told("accounts.reset"),
    "auth.change_password": told("accounts.password"),
    "auth.use_link": told("accounts.password"),
    "oidc.link": told("accounts.identity_linked"),
    "joining.asked": told("claims.found", "claims.address", "claims.already", home="invitations"),
    "joining.address": told("claims.waits", home="invitations"),
    "invitations.join": told("claims.confirm", "claims.waits", home="invitations"),
    "invitations.confirm": told("claims.yours"),
    "invitations.say": told("claims.yours", home="invitations"),
    "invitations.decide_claim": told("claims.yours", "claims.refused"),
    # -- people among themselves
    "contacts.ask": told("contacts.asked", home="contacts"),
    "contacts.decide": told("contacts.accepted", home="contacts"),
    "messages.begin": told("messages.new", "messages.daily", home="messages"),
    "messages.begin_group": told("messages.new", "messages.daily", home="messages"),
    "messages.send": told("messages.new", "messages.daily", home="messages"),
    "introductions.ask": told("introductions.asked", home="introductions"),
    "introductions.hold": told(
        "introductions.asked", "introductions.answered", home="introductions"
    ),
    "introductions.answer_passed": told(
        "introductions.answered", "introductions.hide", home="introductions"
    ),
    # -- asking the Association
    "introductions.association": told("requests.received", home="requests"),
    "requests.new": told("requests.received", home="requests"),
    "requests.say": told("requests.said", "requests.helped", home="requests"),
    "requests.close": told("requests.reply", "requests.settled", home="requests"),
    "requests.work_on": told("requests.said", "requests.handed", home="requests"),
    "requests.join": told("requests.joined", "requests.apart", "requests.split"),
    "requests.find_addressee": told("requests.referred", "requests.unit", home="requests"),
    "requests.say_asked": told("requests.settled", home="requests"),
    "requests.ask_here": told("requests.confirm"),
    "requests.ask_confirm": told("requests.received", home="requests"),
    "requests.visitor_says": told("requests.said", "requests.helped", home="requests"),
    "search.ask": told("requests.received", home="requests"),
    # -- events, reunions, surveys
    "events.edit": told("events.moved"),
    "events.decide_change": told(
        "events.change_approved", "events.change_refused", "events.moved", home="events"
    ),
    "events.change_state": told(
        "events.approved", "events.sent_back", "events.cancelled", home="events"
    ),
    "events.reply": told("events.registered", "events.left", "events.offer", home="events"),
    "events.settle": told("events.registered", "events.offer", home="events"),
    "events.parts": told("events.role_asked", home="events"),
    "events.say_part": told("events.role_answered"),
    "weeks.publish": told("weeks.changed"),
    "weeks.suggested": told("events.registered"),
    "businesses.new": told(home="businesses"),
    "businesses.decide": told("businesses.published", "businesses.sent_back", home="businesses"),
    "reunions.new": told(home="reunions"),
    "reunions.act": told(
        "reunions.answers", "reunions.appointed", "reunions.cancelled", "reunions.date",
        "reunions.event", "reunions.handed", "reunions.help", "reunions.invited", "reunions.task",
        "reunions.refused", "reunions.thanks", home="reunions",
    ),
    "reunions.new_for": told("reunions.asked_for", home="reunions"),
    "reunions.asked_for_link": told("reunions.refused"),
    "reunions.answer_link": told("reunions.answers", home="reunions"),
    "surveys.act": told("surveys.asked", home="surveys"),
    "told.tell": told("told.event", home="told"),
    # -- communities
    "groups.new": told(home="groups"),
    "groups.act": told("groups.asked", home="groups"),
    "groups.change_state": told(
        "groups.published", "groups.sent_back", "groups.archived", "groups.reopened",
        home="groups",
    ),
    "groups.change_members": told(
        "groups.accepted", "groups.refused", "groups.invited", "groups.removed",
        "groups.made_organiser", "groups.made_member", home="groups",
    ),
    "groups.change_post": told("groups.post_removed"),
    "groups.unite": told("groups.united"),
    # -- projects
    "projects.change_state": told(
        "projects.proposed", "projects.opened", "projects.declined", "projects.finished",
        home="projects",
    ),
    "projects.work_on": told("projects.invited", "projects.appointed", home="projects"),
    "projects.answer_team": told("projects.answered"),
    "projects.leave": told("projects.left"),
    "projects.offer_for": told("projects.offered", home="projects"),
    "projects.decide_offer": told("projects.matched", home="projects"),
    "weeks.ask_speaker": told("events.role_asked", home="events"),
    "projects.name_keeper": told("projects.books", "projects.books_ended", home="projects"),
    "projects.enter": told("projects.received"),
    "projects.settle": told("projects.refunded"),
    "projects.book_found": told("projects.received"),
    "projects.bank_payment": told("projects.received"),
    "projects.undo_bank": told("projects.unbooked"),
    "told.ask": told("requests.received", home="requests"),
    # -- the contest
    "contest.ask_juror": told("contest.asked", home="contest"),
    "contest.answer_jury": told(home="contest"),
    "contest.staff_act": told(
        "contest.decided", "contest.reads", "contest.left", "contest.published", "contest.won",
        home="contest",
    ),
    "contest.appeal": told(home="contest"),
    # -- what the office does with somebody's record
    "records.names": told("records.corrected", home="records"),
    "records.city": told("records.corrected", home="records"),
    "records.work": told("records.corrected", home="records"),
    "records.add_contact": told("records.corrected", "records.address", home="records"),
    "records.take": told("records.corrected", home="records"),
    "records.add_group": told("records.corrected", home="records"),
    "records.add_faculty": told("records.corrected", home="records"),
    "records.undo": told("records.corrected", home="records"),
    "records.decide_study": told("records.corrected", home="records"),
    "people.add_contact": told("records.address"),
    "journal.hide": told("journal.hidden", "journal.found"),
    "recovery.sent": told("recovery.ask", home="recovery"),
    "loyalty.grant_membership": told("loyalty.membership", home="loyalty"),
    "loyalty.end_membership": told("loyalty.membership", home="loyalty"),
    "loyalty.revoke_badge": told("loyalty.badge_revoked"),
}  # fmt: skip

# An act that tells nobody, and why.
OWN = "about the reader alone, who sees it at once"
OFFICE = "work of the office on what is nobody's"
CALMLY = "somebody would be hurt or found by hearing of it"
PUBLISHED = "read by everybody where it stands; nobody is addressed"
DESK = "it stands in the office's lists; who is concerned is told when it is decided"
QUIET: dict[str, str] = {}
TELLS |= {
    # Worded by the act itself, not when the letter leaves.
    "contest.invite": Told(home=("contest",), worded="graphnet.contest.nominations"),
    "erasure.erase_me": Told(worded="graphnet.people.leaving"),
    "erasure.erase_them": Told(worded="graphnet.people.leaving"),
    "invitations.decide_proposal": Told(worded="graphnet.requests.closing"),
}
QUIET |= dict.fromkeys(
    [
        "auth.change_language",
        "auth.end_one_session",
        "auth.end_other_sessions",
        "auth.passkey_options",
        "auth.second_step",
        "auth.sign_in_by_passkey",
        "auth.sign_in_options",
        "auth.sign_out",
        "contest.cast",
        "contest.receipt",
        "contest.take",
        "digest.change",
        "digest.stopped",
        "erasure.stay",
        "events.change_feed",
        "groups.open_class",
        "first_steps.act",
        "home.dismiss_suggestion",
        "interests.change",
        "interests.consent",
        "joining.find",
        "loyalty.card",
        "loyalty.give_back",
        "loyalty.join",
        "loyalty.seen",
        "loyalty.take",
        "loyalty.take_badge",
        "notices.mine",
        "notices.stopped",
        "oidc.unlink",
        "people.call_address_off",
        "people.have_seen",
        "people.hide",
        "people.leave_work",
        "people.remove_contact",
        "people.remove_photo",
        "people.set_about",
        "people.set_audiences",
        "people.set_city",
        "people.set_languages",
        "people.set_names",
        "people.set_photo",
        "people.set_work",
        "people.show",
        "people.take_study_back",
        "people.undo",
        "projects.name_me",
        "projects.remind_me",
        "projects.withdraw",
        "recommendations.act",
        "recommendations.undo",
        "records.confirm_contact",
        "reunions.stop_link",
        "suggestions.dismiss_person",
        "suggestions.undo",
        "surveys.by_link",
        "surveys.mine",
        "surveys.one",
        "told.by_link",
        "told.mine",
        "told.not_this",
    ],
    OWN,
)
QUIET |= dict.fromkeys(
    [
        "admin.retry_job",
        "ambassadors.make",
        "ambassadors.next_wave",
        "doubles.scan",
        "events.door_links",
        "events.new",
        "imports.commit",
        "imports.correct",
        "imports.ground",
        "imports.new",
        "imports.throw_away",
        "imports.undo",
        "journal.correct",
        "journal.step",
        "journal.withdraw",
        "journal.write",
        "loyalty.edit_partner",
        "loyalty.edit_perk",
        "loyalty.new_partner",
        "loyalty.new_perk",
        "loyalty.partner_state",
        "loyalty.perk_state",
        "projects.bank",
        "projects.new",
        "query.index",
        "recovery.ask_again",
        "recovery.by_hand",
        "recovery.called",
        "recovery.change",
        "recovery.new",
        "requests.desks",
        "requests.kind",
        "surveys.new",
        "surveys.question",
        "surveys.terms",
        "contest.new",
    ],
    OFFICE,
)
QUIET |= dict.fromkeys(
    [
        "groups.edit",
        "news.act",
        "news.edit",
        "news.new",
        "projects.edit",
        "services.edit",
        "services.new",
        "businesses.edit",
        "weeks.add",
        "weeks.edit",
        "weeks.move",
        "weeks.new",
        "weeks.put_in",
        "weeks.read_sheet",
    ],
    PUBLISHED,
)
QUIET |= dict.fromkeys(
    [
        "contest.give_scores",
        "contest.act_on_nomination",
        "events.say",
        "front.dont_look_for_me",
        "invitations.missing",
        "groups.report",
        "messages.report",
        "people.say_faculty",
        "people.say_group",
        "projects.offer_help",
        "projects.promise",
        "recommendations.help_with",
        "records.note_death",
        "recovery.answer_link",
        "recovery.never_link",
    ],
    DESK,
)
QUIET |= {
    "contacts.manage": f"a contact is removed, a person is blocked: {CALMLY}",
    "messages.act": f"a conversation is left or muted: {CALMLY}",
    "introductions.withdraw": "the request goes from where it waits; its letter does not leave",
    "invitations.change_link": "whoever opens the old link is told there; nobody is on file for it",
    "records.decide_death": f"the dead; the family speaks with the office: {CALMLY}",
    "records.alive": "the person has just spoken with the office",
    "groups.say": "members see on their first page in which community something new is said",
    "journal.join": f"two records of one person are proposed to be one: {OFFICE}",
    "erasure.they_stay": "the person has just spoken with the office; the letter's delay ends",
    "admin.invite": "the link is handed over by hand, as the page says",
    "admin.make_link": "the link is handed over by hand, as the page says",
    "ambassadors.mark": "what was answered to the office by word of mouth",
    "contest.edit": "all candidates read the terms' versions on the season's page",
    "contributions.mark": "who came stands in each guest's own ledger of contributions",
    "events.brought": "it counts for the bringer once the guest has come, in their own ledger",
    "events.check_in": "the guest stands at the door",
    "events.sync": "the guest stood at the door",
    "loyalty.redeem": "the member stands at the partner's counter",
    "recommendations.open_request": "shown to those it may interest, without the asker's name",
}
# Acts that ought to tell somebody and do not yet: this list only ever gets shorter.
NOT_YET = {
    "contributions.correct": "somebody's points change by the office's hand",
    "contributions.enter": "somebody gets points by the office's hand",
    "doubles.decide": "two pages of one person become one",
    "doubles.decide_all": "several pages of one person become one",
    "doubles.obvious": "pages of one person become one, several at once",
    "doubles.end": "two people stay apart who had been asked about",
    "doubles.undo": "one page becomes two again",
}


def posting() -> set[str]:
    """Return every endpoint of a feature that takes POST."""
    site = Flask("acts")
    for blueprint in registered().blueprints:
        site.register_blueprint(blueprint)
    return {r.endpoint for r in site.url_map.iter_rules() if "POST" in (r.methods or ())}


def test_every_act_is_named_once() -> None:
    lists = (set(TELLS), set(QUIET), set(NOT_YET))
    named: set[str] = set().union(*lists)
    assert posting() - named == set(), "say whom it tells, or why nobody"
    assert named - posting() == set(), "there is no such act any more"
    assert sum(map(len, lists)) == len(named), "named in two lists"
    assert len(NOT_YET) <= 7


def test_the_letters_and_rows_that_are_named_are_there() -> None:
    core = registered()
    showing = {waits.ask.__module__.split(".")[2] for waits in core.waiting}
    for act, one in TELLS.items():
        assert one.letters or one.home or one.worded, act
        assert set(one.letters) <= set(core.letters), act
        assert set(one.home) <= showing, act
        if one.worded:
            assert hasattr(importlib.import_module(one.worded), "mail"), act
    assert all(QUIET.values())


def test_every_letter_has_an_act_or_leaves_by_itself() -> None:
    by_itself = {
        "events.lapsed",
        "events.reminder",
        "projects.instalment",
        "requests.due",
        "requests.late",
        "weeks.thanks",
    }
    named = {letter for one in TELLS.values() for letter in one.letters}
    assert set(registered().letters) - named == by_itself
