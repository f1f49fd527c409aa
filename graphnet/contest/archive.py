"""A season's archive: nodes that are written once, in the act that closes the season, and a file.

There are three parts. The *standing* is the season's ledger, sealed, with what came late appended;
the *full* archive is the result with each part of each total, and holds the standing's sum; the
*public* one is what of it stands on the page. The sum of the full archive is the one that is
published: it covers everything. A file is written from the nodes and never the other way.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from graphnet.contest.results import mistakes
from graphnet.contest.seasons import Season, locked, record, season, sha256
from graphnet.errors import BadFile, Conflict, ThingNotFound
from graphnet.ledger import archive as ledger_archive
from graphnet.ledger.archive import Sealed, public_key, sealed, sealed_late, signature
from graphnet.ledger.rules import read_rules
from graphnet.ledger.scoring import canonical
from graphnet.ledger.verification import Finding, Verification, signed, verify, verify_texts
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

STANDING, LATE = "standing", "late-"

# One row: the part of the archive that was written.
KEEP = """MATCH (c:Contest {id: $contest})
CREATE (a:SeasonArchive {id: $id, kind: $kind, file: $file, sha256: $sha256, at: $now,
  signature: $signature, public_key: $public_key})-[:OF]->(c)
RETURN a.id AS id"""

# One row: a part of the season's archive.
PARTS = """MATCH (a:SeasonArchive)-[:OF]->(:Contest {id: $contest})
RETURN a.kind AS kind, a.file AS file, a.sha256 AS sha256, a.at AS at,
  coalesce(a.signature, '') AS signature, coalesce(a.public_key, '') AS public_key
ORDER BY at, kind LIMIT 200"""

# One row: the key of somebody who stands as a candidate.
STANDS = """MATCH (n:Nomination {state: 'admitted'})-[:IN]->(:Contest {id: $contest})
MATCH (n)-[:OF]->(p:Person)
RETURN DISTINCT p.key AS key ORDER BY key LIMIT 10000"""


@dataclass(frozen=True)
class Verified:
    """What a verification of a season's archive found; `sha256` is the sum that is published."""

    standing: Verification
    sha256: str
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether everything agrees."""
        return not self.findings


def keep(
    transaction: Transaction, contest: str, kind: str, text: str, *, key: bytes, now: datetime
) -> str:
    """Keep one part of the archive in the act's own transaction, signed; return its sum."""
    digest = sha256(text)
    transaction.run(
        KEEP,
        contest=contest,
        id=new_id(),
        kind=kind,
        file=text,
        sha256=digest,
        now=now,
        signature=signature(key, digest),
        public_key=public_key(key),
    )
    return digest


def standing(transaction: Transaction, found: Season, *, key: bytes, now: datetime) -> str:
    """Return the sum of the season's sealed ledger; seal it now if that was not done yet."""
    there = [row for row in transaction.run(PARTS, contest=found.id) if row["kind"] == STANDING]
    if there:
        return str(there[0]["sha256"])
    keys = [row["key"] for row in transaction.run(STANDS, contest=found.id)]
    made = sealed(transaction.run, read_rules(found.rules), key=key, candidates=keys)
    _keep_sealed(transaction, found.id, STANDING, made, now)
    return made.sha256


def _keep_sealed(
    transaction: Transaction, contest: str, kind: str, made: Sealed, now: datetime
) -> None:
    seal = ledger_archive.parsed(made.text)[1]
    transaction.run(
        KEEP,
        contest=contest,
        id=new_id(),
        kind=kind,
        file=made.text,
        sha256=made.sha256,
        now=now,
        signature=seal["signature"],
        public_key=seal["public_key"],
    )


def freeze(store: Store, viewer: Viewer, name: str, *, key: bytes, now: datetime) -> str:
    """Seal the ledger of a season that is over, before its winners are published; its sum.

    Publishing does it by itself; this is for whoever wants the sum before.

    Raises
    ------
    Conflict
        ``running`` while acts of the season can still happen; ``frozen`` if it was done.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> str:
        found = locked(transaction, name)
        if found.announced_at is None or now < read_rules(found.rules).end:
            raise Conflict("running: the season is not over")
        if _standings(transaction.run(PARTS, contest=found.id)):
            raise Conflict("frozen: a frozen season never changes")
        record(transaction, viewer, found.id, "frozen")
        return standing(transaction, found, key=key, now=now)

    return store.in_write(work)


def freeze_late(
    store: Store, viewer: Viewer, name: str, *, key: bytes, now: datetime
) -> Sealed | None:
    """Append what was recorded after the season was sealed; None where nothing came.

    Raises
    ------
    ThingNotFound
        If the season has not been sealed.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> Sealed | None:
        found = locked(transaction, name)
        texts = _standings(transaction.run(PARTS, contest=found.id))
        if not texts:
            raise ThingNotFound(f"the season {name} has not been frozen")
        made = sealed_late(transaction.run, [row["file"] for row in texts], key=key)
        if made is not None:
            _keep_sealed(transaction, found.id, f"{LATE}{len(texts)}", made, now)
            record(transaction, viewer, found.id, "late entries appended")
        return made

    return store.in_write(work)


def _standings(rows: Iterable[Row]) -> list[Row]:
    """Return the sealed ledger and what was appended to it, in order."""
    parts = {row["kind"]: row for row in rows}
    found = [parts[STANDING]] if STANDING in parts else []
    while found and (late := parts.get(f"{LATE}{len(found)}")) is not None:
        found.append(late)
    return found


def archives(store: Store, viewer: Viewer, season: Season) -> dict[str, Row]:
    """Return the parts of the archive: the public one to all, all of them to staff.

    ``intact`` says whether the text still has the sum that was published.
    """
    found = {}
    for row in store.read(PARTS, contest=season.id):
        if row["kind"] == "public" or viewer.is_staff:
            if row["kind"] == STANDING or row["kind"].startswith(LATE):
                content, _ = ledger_archive.parsed(row["file"])
                intact = sha256(canonical(content)) == row["sha256"]
            else:
                intact = sha256(row["file"]) == row["sha256"]
            found[row["kind"]] = {**row, "at": row["at"].to_native(), "intact": intact}
    return found


def published_sum(parts: dict[str, Row]) -> str:
    """Return the one sum of a season: of its full archive, or of the standing before that."""
    part = parts.get("full") or parts.get(STANDING)
    return "" if part is None else str(part["sha256"])


def exported(store: Store, viewer: Viewer, name: str) -> str:
    """Return the whole archive as the text of one file, from which everything can be verified.

    Raises
    ------
    ThingNotFound
        If the season has no archive.
    """
    viewer.require_staff()
    found = season(store, viewer, name)
    parts = archives(store, viewer, found)
    if not parts:
        raise ThingNotFound(f"the season {name} has not been frozen")
    full = parts.get("full")
    whole: dict[str, Any] = {
        "standing": [row["file"] for row in _standings(parts.values())],
        "sha256": published_sum(parts),
    }
    if full is not None:
        whole |= {name: full[name] for name in ("file", "signature", "public_key")}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def verify_season(
    store: Store,
    viewer: Viewer,
    name: str,
    *,
    keys: Sequence[bytes] = (),
    public: str = "",
    published: str = "",
    folder: Path | None = None,
    ledger: bool = True,
) -> Verified:
    """Verify the archive of a season as it lies in the graph.

    Parameters
    ----------
    folder
        Where earlier releases kept the files of seasons: looked at where the graph has none.
    ledger
        Whether to compare with the ledger as it stands.

    Raises
    ------
    ThingNotFound
        If there is no archive of it anywhere.
    """
    try:
        parts = archives(store, viewer, season(store, viewer, name))
    except ThingNotFound:
        parts = {}
    texts = [(row["kind"], row["file"].encode()) for row in _standings(parts.values())]
    if not texts and folder is not None:
        path = ledger_archive.season_path(folder, name)
        if path.exists() or not parts:
            files = ledger_archive.files_of(path)
            texts = [(file.name, file.read_bytes()) for file in files]
    return _verified(
        texts,
        parts.get("full"),
        keys=keys,
        public=public,
        published=published,
        store=store if ledger else None,
    )


def verify_file(
    path: Path,
    *,
    keys: Sequence[bytes] = (),
    public: str = "",
    published: str = "",
    store: Store | None = None,
) -> Verified:
    """Verify a file: one that `exported` wrote, or a sealed ledger alone, as earlier releases did.

    Raises
    ------
    ThingNotFound, BadFile, BadValue
    """
    raw = path.read_bytes() if path.exists() else b""
    try:
        whole = json.loads(raw) if raw else None
    except ValueError:
        whole = None
    if not isinstance(whole, dict) or "standing" not in whole:
        alone = verify(path, keys=keys, public=public, published=published, store=store)
        return Verified(alone, alone.sha256, alone.findings)
    try:
        texts = [(f"standing {n}", text.encode()) for n, text in enumerate(whole["standing"])]
        full = None
        if "file" in whole:
            full = {name: whole[name] for name in ("file", "sha256", "signature", "public_key")}
    except (KeyError, TypeError, AttributeError) as problem:
        raise BadFile(f"{path} is not the archive of a season: {problem}") from problem
    return _verified(texts, full, keys=keys, public=public, published=published, store=store)


def _verified(
    texts: Sequence[tuple[str, bytes]],
    full: Row | None,
    *,
    keys: Sequence[bytes],
    public: str,
    published: str,
    store: Store | None,
) -> Verified:
    standing = verify_texts(texts, keys=keys, public=public, store=store)
    findings = list(standing.findings)
    digest = standing.sha256
    if full is not None:
        digest = sha256(full["file"])
        findings += _differ("sum of the archive", digest, full["sha256"])
        if full["signature"]:  # the first release signed the ledger alone
            signers = [public] if public else [public_key(key) for key in keys]
            findings += signed(digest, full["signature"], full["public_key"], signers)
        try:
            content = json.loads(full["file"])
            findings += [Finding(f"the result does not add up: {one}") for one in mistakes(content)]
            if named := content["standing_sha256"]:
                findings += _differ("sum of the standing", named, standing.sha256)
        except (KeyError, TypeError, ValueError) as problem:
            findings.append(Finding("the archive cannot be read", found=str(problem)[:300]))
    if published:
        findings += _differ("published sum", published, digest)
    sealed_here = standing.readable and (texts or (full is not None and full["signature"]))
    is_signed = None
    if (public or keys) and sealed_here:
        is_signed = not any(one.what == "signature" for one in findings)
    return Verified(replace(standing, signed=is_signed), digest, tuple(findings))


def _differ(what: str, expected: str, found: str) -> list[Finding]:
    return [] if expected == found else [Finding(what, expected=expected, found=found)]
