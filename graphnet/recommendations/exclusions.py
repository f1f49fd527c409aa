"""What must not be recommended, taken away before anything is scored."""

from datetime import datetime, timedelta

from graphnet.recommendations.items import Thing
from graphnet.recommendations.own import Mine

# How long something takes of which nobody has said so.
USUAL = timedelta(hours=2)


def still_open(
    things: tuple[Thing, ...], mine: Mine, *, now: datetime, seen: frozenset[str]
) -> list[Thing]:
    """Return the things that are neither known, dismissed, asked by oneself, past, clashing nor on
    this page already."""
    known = {
        "events": {answer.event for answer in mine.answers},
        "groups": set(mine.groups),
        "projects": set(mine.projects),
        "requests": set(mine.asked),
    }
    taken = [
        (answer.begins, answer.ends or answer.begins + USUAL)
        for answer in mine.answers
        if answer.yes and (answer.ends or answer.begins + USUAL) > now
    ]
    partners = mine.consents.get("partners") == "given"
    found = []
    for thing in things:
        if thing.id in seen or (thing.list, thing.id) in mine.dismissed:
            continue
        if thing.id in known.get(thing.list, ()):
            continue
        if thing.begins is not None:
            ends = thing.ends or thing.begins + USUAL
            if thing.begins <= now or any(a < ends and thing.begins < b for a, b in taken):
                continue
        if thing.row.get("partner") and not partners:
            continue
        found.append(thing)
    return found
