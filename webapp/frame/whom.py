"""A field that finds people by what one knows of them; nobody has to know an id.

What was typed is looked for as the search does, as the reader may see it, and never guessed: who
is meant is chosen among those who fit, also where there is only one. With JavaScript they are
offered while typing (`static/search.js`); without it the form comes back once with the choice.

A page shows the field by ``ui.whom(who, label)``. In what it sends, ``NAME`` is what was typed,
``NAME-id`` who was chosen, and ``NAME-for`` the words for which people were offered: whoever then
types something else means somebody else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext

from graphnet.discovery.search import find_people
from graphnet.errors import PersonNotFound
from graphnet.people import Card, cards, key_of
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet, live

LONGEST = 200  # letters of what is typed
OFFERED = 8  # people to choose among
MOST = 50  # people that one field takes
# The address of a person's page as it is copied from the browser.
ADDRESS = re.compile(r"\S*/people/([\w-]{1,64})/?(?:[?#]\S*)?")


@dataclass(frozen=True)
class Whom:
    """Who is meant by a field: chosen people, those to choose among, and what is wrong."""

    name: str
    text: str = ""
    chosen: tuple[Card, ...] = ()
    among: tuple[Card, ...] = ()
    problem: str = ""
    several: bool = False
    offers: str = ""  # where people are offered while typing

    @property
    def keys(self) -> list[int]:
        """Return the keys of the chosen ones."""
        return [card.key for card in self.chosen]


def whom(
    name: str,
    viewer: Viewer,
    *,
    several: bool = False,
    needed: bool = True,
    ids: Iterable[str] = (),
) -> Whom:
    """Return who is meant by the field of that name in what was sent.

    Parameters
    ----------
    several
        Whether the field takes more than one person.
    needed
        Whether nobody is an error.
    ids
        Whom the field begins with while nothing has been sent.
    """
    offers = url_for("search.offer_to_staff" if viewer.is_staff else "search.offer")
    if request.method != "POST":
        return Whom(name, chosen=_seen(viewer, ids), several=several, offers=offers)
    text = " ".join(request.form.get(name, "").split())
    marked = request.form.getlist(f"{name}-id")[:MOST]
    before = " ".join(request.form.get(f"{name}-for", "").split())
    anew = bool(text) and text != before
    if not several:
        marked = [] if anew else marked[:1]
    chosen = _seen(viewer, marked)
    if not anew:
        # Whoever was marked and cannot be seen any more is not left out without a word.
        unclear = (needed and not chosen) or len(chosen) < len(set(marked))
        problem = gettext("Say who is meant.") if unclear else ""
        return Whom(name, "", chosen, (), problem, several, offers)
    if len(text) > LONGEST:
        problem = gettext("That is too long for a name.")
        return Whom(name, text[:LONGEST], chosen, (), problem, several, offers)
    if (one := ADDRESS.fullmatch(text)) and (direct := _seen(viewer, [one[1]])):
        whole = tuple({card.key: card for card in (*chosen, *direct)}.values())
        return Whom(name, "", whole, (), "", several, offers)
    held = {card.key for card in chosen}
    hits = find_people(live(), viewer, text, k=OFFERED).hits
    among = tuple(hit.card for hit in hits if hit.card.id and hit.card.key not in held)
    problem = (
        gettext("Choose who is meant.")
        if among
        else gettext("Nobody of that name is found. Try the family name and a year.")
    )
    return Whom(name, text, chosen, among, problem, several, offers)


def _seen(viewer: Viewer, ids: Iterable[str]) -> tuple[Card, ...]:
    """Return those of the ids whom the viewer may see, in their order."""
    store = graphnet().store
    keys: dict[int, None] = {}
    for person_id in ids:
        try:
            keys[key_of(store, person_id)] = None
        except PersonNotFound:
            continue
    found = {card.key: card for card in cards(store, viewer, list(keys), rules=live().rules)}
    return tuple(found[key] for key in keys if key in found)
