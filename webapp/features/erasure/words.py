"""What is held of a person, in words, for who is to be erased and for their export."""

from typing import Any

from flask_babel import lazy_gettext

# What a feature calls it in its `Holding`: what a reader calls it.
WHAT: dict[str, Any] = {
    "account": lazy_gettext("Account, sessions and links"),
    "ambassadors": lazy_gettext("Being chosen and asked as an ambassador"),
    "claims": lazy_gettext("Requests for a page by an invitation"),
    "communities": lazy_gettext("Communities"),
    "connections": lazy_gettext("Asking and being asked to be a contact, and who is blocked"),
    "consents": lazy_gettext("Consents"),
    "contacts": lazy_gettext("Contacts"),
    "contest": lazy_gettext("Contest: nominations, letters, jury"),
    "contributions": lazy_gettext("Contributions: what proves them"),
    "corrections": lazy_gettext("What was changed of them, by whom"),
    "deaths": lazy_gettext("Notes of a death"),
    "events": lazy_gettext("Answers to events"),
    "gifts": lazy_gettext("Gifts and payments"),
    "interests": lazy_gettext("Interests, offers and needs"),
    "introductions": lazy_gettext("Messages passed on"),
    "invitations": lazy_gettext("Invitation links"),
    "journal": lazy_gettext("What staff wrote down of talks and meetings"),
    "letters": lazy_gettext("Letters and tasks that wait"),
    "membership": lazy_gettext("Membership, card, codes of perks, badges"),
    "messages": lazy_gettext("Messages and conversations"),
    "people": lazy_gettext("Ties to people whom they know"),
    "photo": lazy_gettext("Photo"),
    "places": lazy_gettext("City and work"),
    "projects": lazy_gettext("Work on projects"),
    "records": lazy_gettext("Rows of imported lists"),
    "recovery": lazy_gettext("Questions about lost classmates"),
    "requests": lazy_gettext("Requests"),
    "reunions": lazy_gettext("Reunions: invitations, days, tasks"),
    "studies": lazy_gettext("Studies"),
    "suggestions": lazy_gettext("What was suggested, shown and dismissed"),
    "surveys": lazy_gettext("Surveys: letters and answers"),
    "businesses": lazy_gettext("Businesses"),
    "trail": lazy_gettext("Entries of the audit trail"),
}


def rows(counted: dict[str, dict[str, int]]) -> list[tuple[Any, int, int]]:
    """Return what goes and what stays without a name, by what it is, in the order of the words."""
    return [
        (
            word,
            counted[what].get("gone", 0) + counted[what].get("untied", 0),
            counted[what].get("emptied", 0) + counted[what].get("kept", 0),
        )
        for what, word in WHAT.items()
        if what in counted
    ]
