"""What people decide for themselves: who may see which of their fields, and write to them."""

from collections.abc import Iterable

# Field: its audience when the person has set nothing.
DEFAULT_AUDIENCES: dict[str, str] = {
    "name": "members",
    "studies": "members",
    "interests": "members",
    "groups": "members",
    "about": "members",
    "city": "nobody",
    "employer": "nobody",
    "photo": "nobody",
    "contacts": "nobody",
    "events": "nobody",
    "connections": "nobody",
    "pass_on": "members",  # who may ask me to pass on a message, of those who are tied to me
    "languages": "members",
    "messages": "members",  # who may begin to write to me; new ones go last: see `packed`
}
AUDIENCES = ("nobody", "connections", "cohort", "members", "public")


def audiences(stored: Iterable[str] | None) -> dict[str, str]:
    """Return each field's audience: the defaults, changed by what the person has set.

    Who has said that nobody may see whom they know, and nothing of passing on, has said no to both.
    """
    said = {}
    for entry in stored or ():
        name, _, audience = entry.partition(":")
        if name in DEFAULT_AUDIENCES and audience in AUDIENCES:
            said[name] = audience
    if said.get("connections") == "nobody":
        said.setdefault("pass_on", "nobody")
    return DEFAULT_AUDIENCES | said


def passes_on(stored: Iterable[str] | None) -> bool:
    """Return whether somebody may stand between two people whom they know."""
    return audiences(stored).get("pass_on") != "nobody"


def may_write(
    fields: Iterable[str], stored: Iterable[str] | None, *, connected: bool, in_common: bool
) -> bool:
    """Return whether somebody, whom an alumnus sees, lets them begin to write.

    Parameters
    ----------
    fields
        What is shown to that alumnus, by `shown_fields`.
    connected
        Whether the two know each other; those are near, whatever they studied.
    in_common
        Whether they share a community, which is near as well.
    """
    near = audiences(stored)["messages"] == "cohort" and (connected or in_common)
    return "messages" in fields or near


def may_be_asked(stored: Iterable[str] | None) -> bool:
    """Return whether somebody can be asked to be a contact."""
    return audiences(stored)["messages"] != "nobody"


# Where a field stands in `packed`.
FIELD_PLACE = {name: 3 * place for place, name in enumerate(DEFAULT_AUDIENCES)}


def packed(stored: Iterable[str] | None) -> int:
    """Return a person's settings as one integer: three bits a field, the place of its audience."""
    return sum(
        AUDIENCES.index(audience) << FIELD_PLACE[name]
        for name, audience in audiences(stored).items()
    )
