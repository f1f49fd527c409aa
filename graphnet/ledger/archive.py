"""A season's ledger sealed as a text that anybody who may see it can recompute.

What is trusted. The text holds the rules, every entry of the season under pseudonyms, and the
standings that follow. Its SHA-256 sum is published with the result: whoever holds the published sum
and the text needs to trust nobody, and recomputes every point. The signature beside it (Ed25519,
RFC 8032) is by the installation's key: whoever has its public key, which stands with the rules of
the contest, checks that the Association sealed it. Neither can show that an entry which was entered
was true: for that there is evidence.

Who may see it. Pseudonyms hide little from whoever knows who came to which event when. The sum is
for everybody, the text for staff and for those who stand and wish to check their place.

The text is kept in the graph, with the season (`graphnet.contest.archive`), which also writes it to
a file; `graphnet.ledger.verification` recomputes it.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from graphnet.errors import BadFile, ThingNotFound
from graphnet.ledger import entries as ledger
from graphnet.ledger import pseudonyms
from graphnet.ledger.pseudonyms import Read
from graphnet.ledger.rules import SeasonRules, read_rules
from graphnet.ledger.scoring import Entry, Score, canonical, entry_of, instant, score, sha256
from graphnet.ledger.standings import may_stand, rank

FORMAT = "graphnet season 1"


@dataclass(frozen=True)
class Sealed:
    """A sealed text, its sum, and of how many entries it is."""

    text: str
    sha256: str
    entries: int


def season_path(folder: Path, season: str) -> Path:
    """Return where the file of a season lies in a folder."""
    return folder / f"season-{season}.json"


def public_key(key: bytes) -> str:
    """Return the public key of a private one, 64 hexadecimal digits: to be published."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw().hex()


def signature(key: bytes, digest: str) -> str:
    """Return the signature of a sum by a private key of 32 bytes, the seed of RFC 8032."""
    return Ed25519PrivateKey.from_private_bytes(key).sign(digest.encode()).hex()


def sealed(
    read: Read, rules: SeasonRules, *, key: bytes, candidates: Iterable[int] | None = None
) -> Sealed:
    """Return a season's entries and standings as one sealed text.

    Parameters
    ----------
    read
        How the graph is asked: in the transaction in which the text is kept.
    key
        Signs the text.
    candidates
        The keys of those who entered; None: standings of everybody who has an entry.
    """
    entries = ledger.in_time(read, rules.start, rules.end)
    names: list[str] | None = None
    if candidates is not None:
        allowed = may_stand(read, rules, candidates)
        names = sorted(pseudonyms.pseudonyms(read, allowed).values())
    content = {
        "format": FORMAT,
        "season": rules.season,
        "frozen_at": instant(datetime.now(UTC)),
        "rules": rules.text,
        "rules_sha256": rules.sha256,
        "candidates": names,
        "entries": linked(entries, sha256(rules.text)),
        "standings": results(entries, rules, names),
        "previous": "",
    }
    return _seal(content, key, len(entries))


def sealed_late(read: Read, texts: Sequence[str], *, key: bytes) -> Sealed | None:
    """Return what was recorded after a season was sealed, as a further text chained to the last.

    The sealed season stays as it is. Returns None where nothing came later.

    Parameters
    ----------
    texts
        The season's text and those appended to it, in order.
    """
    first = parsed(texts[0])[0]
    rules = read_rules(first["rules"])
    known = [entry_of(e) for text in texts for e in parsed(text)[0]["entries"]]
    acts = {entry.act_id for entry in known}
    until = datetime.fromisoformat(first["frozen_at"]) + timedelta(days=rules.late_corrections.days)
    there = ledger.in_time(read, rules.start, rules.end)
    new = [e for e in there if e.act_id not in acts and e.recorded_at <= until]
    if not new:
        return None
    last = parsed(texts[-1])[1]["sha256"]
    content = {
        "format": FORMAT,
        "season": first["season"],
        "frozen_at": instant(datetime.now(UTC)),
        "rules_sha256": rules.sha256,
        "candidates": first["candidates"],
        "entries": linked(new, last),
        "standings": results([*known, *new], rules, first["candidates"]),
        "previous": last,
    }
    return _seal(content, key, len(new))


def write(path: Path, text: str) -> None:
    """Write a text to a file, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def files_of(path: Path) -> list[Path]:
    """Return a season's file and those appended to it, in order.

    Raises
    ------
    ThingNotFound
    """
    if not path.exists():
        raise ThingNotFound(f"{path}: there is no such file")
    found = [path]
    while (late := path.with_name(f"{path.stem}.late-{len(found)}.json")).exists():
        found.append(late)
    return found


def linked(entries: Iterable[Entry], start: str) -> list[dict[str, str]]:
    """Return entries as they are sealed: their fields, their hash and the running hash."""
    running, result = start, []
    for entry in entries:
        own = entry.hash
        running = sha256(running + own)
        result.append({**entry.fields(), "hash": own, "running": running})
    return result


def results(
    entries: Iterable[Entry], rules: SeasonRules, names: Iterable[str] | None
) -> list[dict[str, Any]]:
    """Return the standings as they are sealed: every point with the entry it comes from."""
    scores = score(entries, rules)
    if names is not None:
        nothing = Fraction(0)
        scores = {n: scores.get(n, Score(n, nothing, nothing, ())) for n in sorted(names)}
    return [
        {
            "rank": line.rank,
            "pseudonym": line.pseudonym,
            "contributed": str(line.contributed),
            "mobilised": str(line.mobilised),
            "total": str(line.total),
            "award_ready": line.award_ready,
            "points": [
                {"act_id": p.entry.act_id, "counted": str(p.counted), "why": p.why}
                for p in line.points
            ],
        }
        for line in rank(scores, rules, firmness=False, detail=slice(0))
    ]


def parsed(raw: str | bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the content of a sealed text, and its seal.

    Raises
    ------
    BadFile
    """
    try:
        outer = json.loads(raw)
        return outer.pop("content"), outer
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BadFile(f"this is not a sealed season: {problem}") from problem


def _seal(content: dict[str, Any], key: bytes, entries: int) -> Sealed:
    digest = sha256(canonical(content))
    seal = {
        "content": content,
        "sha256": digest,
        "signature": signature(key, digest),
        "public_key": public_key(key),
    }
    return Sealed(canonical(seal) + "\n", digest, entries)
