"""The audit trail in words: what somebody did, and what for."""

from typing import Any

from flask_babel import lazy_gettext

# What the engine calls an act: what a reader calls it.
ACTS: dict[str, Any] = {
    "read": lazy_gettext("read data"),
    "reach": lazy_gettext("looked for ways to reach"),
    "export": lazy_gettext("exported data"),
    "hide": lazy_gettext("hid a person"),
    "show": lazy_gettext("let a person be found again"),
    "ask to erase": lazy_gettext("asked to erase a person"),
    "call erasure off": lazy_gettext("called an erasure off"),
    "erase": lazy_gettext("erased a person"),
    "close request": lazy_gettext("answered a request"),
    "open request to members": lazy_gettext("showed a request to members"),
    "close request to members": lazy_gettext("showed a request to members no more"),
    "sign-in": lazy_gettext("signed in"),
    "session.end": lazy_gettext("ended a session"),
    "session.end_all": lazy_gettext("ended all other sessions"),
    "password.set": lazy_gettext("chose a password"),
    "password.change": lazy_gettext("changed a password"),
    "link.invite": lazy_gettext("made an invitation link"),
    "link.reset": lazy_gettext("made a link to a new password"),
    "link.sign-in": lazy_gettext("made a link to sign in by"),
    "account.create": lazy_gettext("made an account"),
    "account.disable": lazy_gettext("switched an account off"),
    "account.enable": lazy_gettext("switched an account on"),
    "role.give": lazy_gettext("gave a role"),
    "role.take": lazy_gettext("took a role"),
    "claim.ask": lazy_gettext("asked for a page"),
    "claim.find": lazy_gettext("looked for their group"),
    "claim.address": lazy_gettext("gave an address to join"),
    "claim.confirm_address": lazy_gettext("confirmed an address to join"),
    "letter.sign-in": lazy_gettext("asked for a letter to sign in by"),
    "letter.reset": lazy_gettext("asked for a letter to a new password"),
    "claim.done": lazy_gettext("gave a page to who asked for it"),
    "claim.refuse": lazy_gettext("refused a page"),
    "groupmate.propose": lazy_gettext("proposed a groupmate"),
    "invitation.make": lazy_gettext("made an invitation link"),
    "invitation.renew": lazy_gettext("renewed an invitation link"),
    "invitation.revoke": lazy_gettext("revoked an invitation link"),
    "connection.ask": lazy_gettext("asked somebody to be a contact"),
    "connection.accept": lazy_gettext("agreed to be a contact"),
    "connection.decline": lazy_gettext("declined to be a contact"),
    "connection.withdraw": lazy_gettext("took an asking back"),
    "connection.remove": lazy_gettext("removed a contact"),
    "connection.block": lazy_gettext("blocked somebody"),
    "connection.unblock": lazy_gettext("unblocked somebody"),
    "report": lazy_gettext("reported somebody"),
    "conversation.begin": lazy_gettext("began a conversation"),
    "conversation.add": lazy_gettext("added people to a conversation"),
    "message.delete": lazy_gettext("deleted a message of their own"),
    "plan ambassadors": lazy_gettext("planned ambassadors"),
    "mark attendance": lazy_gettext("marked who came"),
    "enter contribution": lazy_gettext("entered a contribution"),
    "correct contribution": lazy_gettext("took a contribution back"),
    "recovery.plan": lazy_gettext("planned whom to ask about the lost"),
    "recovery.sent": lazy_gettext("sent a letter about the lost"),
    "recovery.called": lazy_gettext("called about the lost"),
    "recovery.answer": lazy_gettext("noted an answer about the lost"),
    "recovery.wrong_contact": lazy_gettext("noted that a contact does not work"),
    "recovery.never": lazy_gettext("noted never to ask"),
    "recovery.ask again": lazy_gettext("noted that one may ask again"),
    "undo import": lazy_gettext("undid an import"),
    "record.names": lazy_gettext("changed a name"),
    "record.about": lazy_gettext("changed the text about a person"),
    "record.languages": lazy_gettext("changed languages"),
    "record.audiences": lazy_gettext("changed who sees what"),
    "record.city": lazy_gettext("changed a city"),
    "record.work": lazy_gettext("changed places of work"),
    "record.studies": lazy_gettext("changed studies"),
    "record.stated": lazy_gettext("refused what somebody said they studied"),
    "record.contacts": lazy_gettext("changed contacts"),
    "record.photo": lazy_gettext("changed a photo"),
    "record.undo": lazy_gettext("undid a change"),
    "contact.ask": lazy_gettext("gave a new address"),
    "study.say": lazy_gettext("said what they studied"),
    "study.take back": lazy_gettext("took back what they said they studied"),
    "death.note": lazy_gettext("noted a death"),
    "death.confirm": lazy_gettext("confirmed a death"),
    "death.call off": lazy_gettext("took back the note of a death"),
    "death.undo": lazy_gettext("undid a mistaken death"),
    "add news": lazy_gettext("added news"),
    "add service": lazy_gettext("added a service"),
}
# The purpose that a page names: what a reader calls it.
PURPOSES: dict[str, Any] = {
    "ambassadors": lazy_gettext("choosing ambassadors"),
    "answer requests": lazy_gettext("answering requests"),
    "attendance": lazy_gettext("noting who came"),
    "audit": lazy_gettext("reading the audit trail"),
    "candidate ranking": lazy_gettext("the contest’s candidates"),
    "classmates": lazy_gettext("lists of classmates"),
    "command line": lazy_gettext("a command of an operator"),
    "communities": lazy_gettext("communities"),
    "contest": lazy_gettext("the contest"),
    "contributions": lazy_gettext("contributions"),
    "correct": lazy_gettext("correcting data"),
    "decide claims": lazy_gettext("deciding who somebody is"),
    "digest": lazy_gettext("letters of suggestions"),
    "directory": lazy_gettext("the directory"),
    "don't look for me": lazy_gettext("the wish not to be found"),
    "erase": lazy_gettext("erasing data"),
    "event": lazy_gettext("an event"),
    "events": lazy_gettext("events"),
    "export": lazy_gettext("an export"),
    "find lost": lazy_gettext("finding the lost"),
    "home": lazy_gettext("the home page"),
    "imports": lazy_gettext("imports"),
    "import contributions": lazy_gettext("importing contributions"),
    "invitations": lazy_gettext("invitations"),
    "maps": lazy_gettext("maps"),
    "missing groupmates": lazy_gettext("missing groupmates"),
    "profile": lazy_gettext("a person’s page"),
    "projects": lazy_gettext("projects"),
    "recommendations": lazy_gettext("recommendations"),
    "recovery": lazy_gettext("winning a class back"),
    "search": lazy_gettext("search"),
    "suggestions": lazy_gettext("suggestions"),
    "today": lazy_gettext("the page of today’s work"),
}
ROLES: dict[str, Any] = {
    "staff": lazy_gettext("staff"),
    "alumnus": lazy_gettext("an alumnus"),
    "analyst": lazy_gettext("an analyst"),
    "admin": lazy_gettext("an administrator"),
    "self": lazy_gettext("the account’s owner"),
    "anyone": lazy_gettext("a visitor"),
    "engine": lazy_gettext("the site itself"),
}


def act_word(act: str) -> Any:
    """Return an act in words; one of the contest's own log as it is called there."""
    return ACTS.get(act, act)


def purpose_word(purpose: str) -> Any:
    """Return a purpose in words; ids, which the contest keeps there, are not shown."""
    return PURPOSES.get(purpose, "")


def role_of(role: str) -> Any:
    """Return the role in which somebody acted, in words."""
    return ROLES.get(role, role)
