"""Words of the ledger: modes of engagement, why a point does not count, what shows that it was."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from graphnet.ledger.rules import SeasonRules
from graphnet.ledger.scoring import ANOTHER_WAY, CORRECTED, KIND_CAP, MODE_CAP, NOT_IN_RULES, Point
from webapp.frame.i18n import in_language


def mode_word(mode: str) -> str:
    """Return one of CASE's four modes of engagement in a word."""
    words = {
        "volunteer": gettext("helping"),
        "experiential": gettext("taking part"),
        "philanthropic": gettext("giving"),
        "communication": gettext("spreading the word"),
    }
    return str(words.get(mode, mode))


def part_word(part: str) -> str:
    """Return a part of the score in a word."""
    words = {"contributed": gettext("contributed"), "mobilised": gettext("mobilised")}
    return str(words.get(part, part))


def kind_word(kind: str, rules: SeasonRules) -> str:
    """Return a kind of contribution as the season's rules call it."""
    chosen = rules.kinds.get(kind)
    return kind if chosen is None else in_language(chosen.en, chosen.ru)


def why_word(point: Point) -> str:
    """Return why a point counts less than it could; empty where it counts whole."""
    words = {
        KIND_CAP: gettext("above the most that this kind can bring"),
        MODE_CAP: gettext("above the most that this mode can bring"),
        CORRECTED: gettext("taken back"),
        NOT_IN_RULES: gettext("not in this season's rules"),
        ANOTHER_WAY: gettext("the same participation, already counted"),
    }
    return str(words.get(point.why, ""))


def evidence_lines(facts: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Return what shows that it happened, as pairs of words and values; ids are left out."""
    if facts is None:
        return []
    words = {
        "note": gettext("Note"),
        "reason": gettext("Reason"),
        "marked_by_staff": gettext("Marked by staff at the event"),
    }
    lines = []
    for name, value in facts.items():
        if name not in words or value in ("", None):
            continue
        if isinstance(value, bool):
            value = gettext("yes") if value else gettext("no, taken from the import")
        lines.append((str(words[name]), str(value)))
    return lines
