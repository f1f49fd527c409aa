"""The way between two people of a map: asked for in the address, told in words."""

from dataclasses import dataclass

from flask import request
from flask_babel import get_locale, gettext

from graphnet.introductions.between import between
from graphnet.maps.network import Network
from webapp.features.maps.words import TIE_WORDS
from webapp.frame.context import live
from webapp.frame.security import current_viewer

OWN = ("from", "to", "page")


@dataclass(frozen=True)
class Path:
    """What was asked for, and the answer: people by their names on the map, and what ties them.

    Attributes
    ----------
    ways
        Each a list of (name, what ties them to the next); empty for the last.
    error_from, error_to, none
        Why there is no answer.
    """

    begin: str
    end: str
    ways: tuple[tuple[tuple[str, str], ...], ...] = ()
    error_from: str = ""
    error_to: str = ""
    none: str = ""


def path_of(network: Network, names: list[str]) -> Path:
    """Answer the question for a way that stands in the address."""
    begin = request.args.get("from", "").strip()[:200]
    end = request.args.get("to", "").strip()[:200]
    if not begin and not end:
        return Path("", "")
    one, wrong_one = _place(names, begin)
    other, wrong_other = _place(names, end)
    if one is None or other is None:
        return Path(begin, end, error_from=wrong_one, error_to=wrong_other)
    if one == other:
        return Path(begin, end, error_to=gettext("Choose two different people."))
    found = between(live(), current_viewer(), network, one, other)
    begin, end = names[one], names[other]
    if not found.chains:
        none = (
            gettext(
                "No way leads from %(one)s to %(other)s: they lie on different islands.",
                one=begin,
                other=end,
            )
            if found.islands
            else gettext(
                "No way of at most three steps leads from %(one)s to %(other)s on this map.",
                one=begin,
                other=end,
            )
        )
        return Path(begin, end, none=none)
    russian = get_locale().language == "ru"
    ways = []
    for chain, groups in zip(found.chains, found.groups, strict=True):
        ties = []
        for group, group_ru in groups:
            said = group_ru if russian else group
            ties.append(
                gettext("group %(name)s", name=said) if said else str(TIE_WORDS[network.layer])
            )
        ways.append(tuple(zip((names[place] for place in chain), (*ties, ""), strict=True)))
    return Path(begin, end, tuple(ways))


def _place(names: list[str], text: str) -> tuple[int | None, str]:
    """Return who on the map is called so, or what is to be done."""
    if not text:
        return None, gettext("Write who, or choose on the map.")
    asked = text.casefold()
    whole = [i for i, name in enumerate(names) if name.casefold() == asked]
    part = whole or [i for i, name in enumerate(names) if asked in name.casefold()]
    if not part:
        return None, gettext("Nobody on this map is called so.")
    if len(part) > 1:
        return None, gettext("Several people on this map are called so: write more of the name.")
    return part[0], ""
