"""Entries and rules for tests of scores, made by hand or drawn at random."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

from graphnet.ledger.rules import SeasonRules, completed, template
from graphnet.ledger.scoring import Entry


def season_rules(season: str, text: str = "") -> SeasonRules:
    """Return the rules that ship, for the season of a calendar year."""
    year = int(season)
    return completed(
        text or template(), season=season, starts=date(year, 1, 1), ends=date(year, 12, 31)
    )


RULES = season_rules("2026")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def entry(
    act: str, who: str, kind: str, *, day: int = 0, basis: str = "1", together: str = "",
    corrects: str = "", rules: SeasonRules = RULES,
) -> Entry:  # fmt: skip
    at = BEGIN + timedelta(days=day)
    mode = rules.kinds[kind].mode if kind in rules.kinds else "volunteer"
    return Entry(
        act, who, kind, mode, at, at, Fraction(basis), "", together, "0" * 64, corrects
    )  # fmt: skip


def drawn(seed: int, *, people: int = 6, entries: int = 60) -> list[Entry]:
    """Return a random season, with shared credits and counter-entries."""
    rng = Random(seed)
    kinds = list(RULES.kinds)
    result = []
    for number in range(entries):
        kind = rng.choice(kinds)
        who = f"p{rng.randrange(people)}"
        together = (
            f"t{rng.randrange(entries // 4)}" if RULES.kinds[kind].part == "mobilised" else ""
        )
        basis = rng.choice(["1", "1", "1", "2", "1/2"])
        result.append(
            entry(f"a{number}", who, kind, day=rng.randrange(300), basis=basis, together=together)
        )
    for number in rng.sample(range(entries), entries // 10):
        before = result[number]
        result.append(
            entry(f"correct:{before.act_id}", before.pseudonym, before.kind, day=301,
                  corrects=before.act_id, basis=str(-before.basis))
        )  # fmt: skip
    return result
