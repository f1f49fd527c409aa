"""A season frozen into a file that anybody who may see it can recompute, and its verification.

What is trusted. The file holds the rules' text, every entry of the season under pseudonyms, and the
standings that follow. Its SHA-256 sum is published with the result: whoever holds the published sum
and the file needs to trust nobody, and recomputes every point. The signature beside it (Ed25519,
RFC 8032) is by the installation's key: whoever has its public key, which stands with the rules of
the contest and is printed by `graphnet contest freeze`, checks that the Association froze it.
Neither can show that an entry which was entered was true: for that there is evidence.

Who may see it. Pseudonyms hide little from whoever knows who came to which event when. The sum is
for everybody, the file for staff and for those who stand and wish to check their place.

Verification names the single place: each entry carries its own hash and a running one.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from graphnet.errors import BadFile, BadValue, Conflict, GraphnetError, ThingNotFound
from graphnet.ledger import entries as ledger
from graphnet.ledger.rules import SeasonRules, read_rules
from graphnet.ledger.scoring import Entry, Score, canonical, entry_of, instant, score, sha256
from graphnet.ledger.standings import may_stand, rank
from graphnet.store import Store

FORMAT = "graphnet season 1"

# One row: an entry of the ledger by its act, as it stands there now.
NOW = """UNWIND $acts AS act MATCH (c:Contribution {act_id: act})
RETURN c.act_id AS act_id, c.kind AS kind, c.mode AS mode, c.happened_at AS happened_at,
  c.recorded_at AS recorded_at, c.points_basis AS basis, c.thing AS thing,
  c.participation AS participation, c.evidence_hash AS evidence_hash, c.corrects AS corrects,
  c.pseudonym AS pseudonym ORDER BY act_id LIMIT 1000000"""

# One row: a piece of evidence of one of the acts.
EVIDENCE = """UNWIND $acts AS act MATCH (e:Evidence {act_id: act})
RETURN e.act_id AS act_id, e.salt AS salt, e.facts AS facts, e.entered_by AS entered_by
ORDER BY act_id LIMIT 1000000"""


@dataclass(frozen=True)
class Frozen:
    """Where a frozen season lies, and the sum to publish."""

    path: Path
    sha256: str
    entries: int


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree: where, whose, what was to be expected and what is there."""

    what: str
    act_id: str = ""
    kind: str = ""
    pseudonym: str = ""
    field: str = ""
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        where = " ".join(
            f"{name} {value}"
            for name, value in (
                ("entry", self.act_id), ("kind", self.kind), ("pseudonym", self.pseudonym),
                ("field", self.field),
            )
            if value
        )  # fmt: skip
        values = f"expected {self.expected or 'nothing'}, found {self.found or 'nothing'}"
        return f"{self.what}: {where + ': ' if where else ''}{values}"


@dataclass(frozen=True)
class Verification:
    """What a verification looked at and found."""

    season: str
    sha256: str
    signed: bool | None
    against_ledger: bool
    entries: int
    late: int
    findings: tuple[Finding, ...]
    standings: tuple[dict[str, Any], ...]

    @property
    def holds(self) -> bool:
        """Whether everything agrees."""
        return not self.findings


def season_path(folder: Path, season: str) -> Path:
    """Return where the frozen season lies in a folder."""
    return folder / f"season-{season}.json"


def signing_key(secret: str) -> bytes:
    """Return the installation's private key for signing seasons, drawn from its secret key.

    32 bytes, the seed of RFC 8032.
    """
    return hmac.new(secret.encode(), b"graphnet seasons", hashlib.sha256).digest()


def public_key(key: bytes) -> str:
    """Return the public key of a private one, 64 hexadecimal digits: to be published."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw().hex()


def freeze(
    store: Store,
    rules: SeasonRules,
    folder: Path,
    *,
    key: bytes,
    candidates: Iterable[int] | None = None,
) -> Frozen:
    """Freeze a season into ``folder/season-NAME.json``, once.

    Parameters
    ----------
    key
        Signs the file; see `signing_key`.
    candidates
        The keys of those who entered; None: standings of everybody who has an entry.

    Raises
    ------
    Conflict
        If the season has been frozen already: what comes later is appended, by `freeze_late`.
    """
    path = season_path(folder, rules.season)
    if path.exists():
        raise Conflict(f"{path} is there already: a frozen season never changes")
    entries = _season(store, rules)
    names: list[str] | None = None
    if candidates is not None:
        allowed = may_stand(store, rules, candidates)
        names = sorted(ledger.pseudonyms(store, allowed).values())
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
    return _write(path, content, key, len(entries))


def freeze_late(store: Store, folder: Path, season: str, *, key: bytes) -> Frozen | None:
    """Append what was recorded after the freeze: a further file, chained to the one before.

    The frozen season stays as it is. Returns None where nothing came later.

    Raises
    ------
    ThingNotFound
        If the season has not been frozen.
    """
    paths = files_of(season_path(folder, season))
    first = _load(paths[0])[0]
    rules = read_rules(first["rules"])
    known = [entry_of(e) for path in paths for e in _load(path)[0]["entries"]]
    acts = {entry.act_id for entry in known}
    until = datetime.fromisoformat(first["frozen_at"]) + timedelta(days=rules.late_corrections.days)
    new = [e for e in _season(store, rules) if e.act_id not in acts and e.recorded_at <= until]
    if not new:
        return None
    last = _load(paths[-1])[1]["sha256"]
    content = {
        "format": FORMAT,
        "season": season,
        "frozen_at": instant(datetime.now(UTC)),
        "rules_sha256": rules.sha256,
        "candidates": first["candidates"],
        "entries": linked(new, last),
        "standings": results([*known, *new], rules, first["candidates"]),
        "previous": last,
    }
    number = len(paths)
    path = paths[0].with_name(f"season-{season}.late-{number}.json")
    return _write(path, content, key, len(new))


def files_of(path: Path) -> list[Path]:
    """Return a season's file and those appended to it, in order.

    Raises
    ------
    ThingNotFound
    """
    if not path.exists():
        raise ThingNotFound(f"{path}: the season has not been frozen")
    found = [path]
    while (late := path.with_name(f"{path.stem}.late-{len(found)}.json")).exists():
        found.append(late)
    return found


def linked(entries: Iterable[Entry], start: str) -> list[dict[str, str]]:
    """Return entries as they are frozen: their fields, their hash and the running hash."""
    running, result = start, []
    for entry in entries:
        own = entry.hash
        running = sha256(running + own)
        result.append({**entry.fields(), "hash": own, "running": running})
    return result


def results(
    entries: Iterable[Entry], rules: SeasonRules, names: Iterable[str] | None
) -> list[dict[str, Any]]:
    """Return the standings as they are frozen: every point with the entry it comes from."""
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


def verify(
    path: Path,
    *,
    key: bytes | None = None,
    public: str = "",
    published: str = "",
    store: Store | None = None,
) -> Verification:
    """Recompute a frozen season and everything appended to it; say each place that disagrees.

    Parameters
    ----------
    key
        The installation's private key; None: whose signature it is is not checked.
    public
        Its public key, for whoever has no other: 64 hexadecimal digits.
    published
        The SHA-256 sum that was published with the result; empty: the file's own is taken.
    store
        The live ledger to compare with; None: the file alone is looked at.

    Raises
    ------
    ThingNotFound
        If there is no such file. A file that cannot be read as a season is a finding.
    BadValue
        If `public` is no public key.
    """
    if key is not None:
        public = public_key(key)
    _checked(public)
    findings: list[Finding] = []
    entries: list[Entry] = []
    rules: SeasonRules | None = None
    candidates: list[str] | None = None
    shown: list[dict[str, Any]] = []
    previous = ""
    first_sum = ""
    late = 0
    season = ""
    files = files_of(path)
    for number, file in enumerate(files):
        raw = file.read_bytes()
        try:
            content, seal = _parse(raw)
            season = season or str(content["season"])
            if number == 0:
                candidates = content["candidates"]
                rules = read_rules(content["rules"])
                findings += _differ("rules", rules.sha256, content["rules_sha256"])
            if rules is None:
                break
            start = sha256(rules.text) if number == 0 else previous
            here = _entries(content["entries"], start, findings)
            entries += here
            late += len(here) if number else 0
            findings += _differ("previous file", previous, content["previous"])
            shown = content["standings"]
            findings += _results(shown, results(entries, rules, candidates))
            findings += _seal(raw, content, seal, public, key)
            first_sum = first_sum or seal["sha256"]
            previous = seal["sha256"]
        except (KeyError, TypeError, ValueError, AttributeError, GraphnetError) as problem:
            findings.append(
                Finding(f"{file.name} is not a frozen season", found=str(problem)[:300],
                        expected="canonical JSON")
            )  # fmt: skip
            break
    if published and published != first_sum:
        findings.append(Finding("published sum", expected=published, found=first_sum))
    if store is not None and rules is not None:
        findings += _against(store, rules, entries)
    return Verification(
        season,
        first_sum,
        None if not public else not any(f.what == "signature" for f in findings),
        store is not None,
        len(entries),
        late,
        tuple(findings),
        tuple(shown),
    )


def _season(store: Store, rules: SeasonRules) -> list[Entry]:
    return ledger.in_time(store, rules.start, rules.end)


def _write(path: Path, content: dict[str, Any], key: bytes, entries: int) -> Frozen:
    text = canonical(content)
    digest = sha256(text)
    seal = {
        "content": content,
        "sha256": digest,
        "signature": Ed25519PrivateKey.from_private_bytes(key).sign(digest.encode()).hex(),
        "public_key": public_key(key),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(canonical(seal) + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return Frozen(path, digest, entries)


def _parse(raw: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    outer = json.loads(raw.decode("utf-8"))
    return outer.pop("content"), outer


def _load(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        return _parse(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BadFile(f"{path} is not a frozen season: {problem}") from problem


def _differ(what: str, expected: str, found: str) -> list[Finding]:
    return [] if expected == found else [Finding(what, expected=expected, found=str(found))]


def _entries(stored: list[dict[str, str]], running: str, findings: list[Finding]) -> list[Entry]:
    """Return the file's entries, noting each whose hash, or the running one, does not follow."""
    result = []
    for fields in stored:
        entry = entry_of(fields)
        place = {
            "act_id": fields["act_id"], "kind": fields["kind"], "pseudonym": fields["pseudonym"],
        }  # fmt: skip
        if {**entry.fields(), "hash": "", "running": ""} != {**fields, "hash": "", "running": ""}:
            findings.append(Finding("entry is not written as it should be", **place))
        if entry.hash != fields["hash"]:
            findings.append(
                Finding("entry changed", **place, expected=fields["hash"], found=entry.hash)
            )
        # From here on by the hashes in the file, so that one change is named once.
        running = sha256(running + fields["hash"])
        if running != fields["running"]:
            findings.append(
                Finding("entries added, missing or in another order", **place, field="running",
                        expected=running, found=fields["running"])
            )  # fmt: skip
            running = fields["running"]
        result.append(entry)
    return result


def _results(stored: list[dict[str, Any]], computed: list[dict[str, Any]]) -> list[Finding]:
    """Compare the file's standings with those that follow from its entries."""
    findings = []
    theirs = {line["pseudonym"]: line for line in stored}
    ours = {line["pseudonym"]: line for line in computed}
    for name in sorted({*theirs, *ours}):
        mine, given = ours.get(name), theirs.get(name)
        if mine == given:
            continue
        if mine is None or given is None:
            findings.append(
                Finding("standing", pseudonym=name, expected="" if mine is None else "a place",
                        found="" if given is None else "a place")
            )  # fmt: skip
            continue
        for field in mine:
            if field == "points":
                findings += _points(name, given.get("points", []), mine["points"])
            elif given.get(field) != mine[field]:
                findings.append(
                    Finding("standing", pseudonym=name, field=field, expected=str(mine[field]),
                            found=str(given.get(field)))
                )  # fmt: skip
        if set(given) != set(mine):
            findings.append(Finding("standing", pseudonym=name, field="fields"))
    if not findings and [line["pseudonym"] for line in stored] != [
        line["pseudonym"] for line in computed
    ]:
        findings.append(Finding("standings are in another order"))
    return findings


def _points(
    name: str, stored: list[dict[str, str]], computed: list[dict[str, str]]
) -> list[Finding]:
    theirs = {p.get("act_id", ""): p for p in stored}
    ours = {p["act_id"]: p for p in computed}
    found = [
        Finding("point", act_id=act, pseudonym=name,
                expected=canonical(ours.get(act, {})), found=canonical(theirs.get(act, {})))
        for act in sorted({*theirs, *ours})
        if theirs.get(act) != ours.get(act)
    ]  # fmt: skip
    if not found and stored != computed:
        found.append(Finding("points are in another order or doubled", pseudonym=name))
    return found


def _seal(
    raw: bytes, content: dict[str, Any], seal: dict[str, Any], public: str, key: bytes | None
) -> list[Finding]:
    digest = sha256(canonical(content))
    findings = _differ("sum of the file", digest, seal["sha256"])
    names = ("sha256", "signature", "public_key") if "public_key" in seal else SEALED_BEFORE
    outer = {"content": content, **{name: seal[name] for name in names}}
    if raw != (canonical(outer) + "\n").encode():
        findings.append(Finding("file is not in its canonical form", expected="canonical JSON",
                                found="other bytes"))  # fmt: skip
    if "public_key" not in seal:
        return findings + _seal_before(digest, seal, public, key)
    if public:
        findings += _differ("signature", f"of the key {public}", f"of the key {seal['public_key']}")
    try:
        signing = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal["public_key"]))
        signing.verify(bytes.fromhex(seal["signature"]), digest.encode())
    except (InvalidSignature, ValueError):
        findings.append(
            Finding("signature", expected=f"of the sum {digest}", found=str(seal["signature"]))
        )
    return findings


SEALED_BEFORE = ("sha256", "signature")


def _seal_before(
    digest: str, seal: dict[str, Any], public: str, key: bytes | None
) -> list[Finding]:
    """Check a seal of the first release: an HMAC, which only the installation itself can check."""
    if key is None:
        return _differ("signature", f"of the key {public}", "an HMAC") if public else []
    signature = hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()
    if hmac.compare_digest(signature.encode(), str(seal["signature"]).encode()):
        return []
    return [Finding("signature", expected=signature, found=str(seal["signature"]))]


def _checked(public: str) -> None:
    try:
        whole = not public or len(bytes.fromhex(public)) == 32
    except ValueError:
        whole = False
    if not whole:
        raise BadValue("a public key is 64 hexadecimal digits")


def _against(store: Store, rules: SeasonRules, frozen: list[Entry]) -> list[Finding]:
    """Compare the file's entries with the ledger as it stands: entries, chain and evidence."""
    findings = []
    acts = [entry.act_id for entry in frozen]
    now = {row["act_id"]: ledger.texts(row) for row in store.read(NOW, acts=acts)}
    for entry in frozen:
        place: Mapping[str, str] = {
            "act_id": entry.act_id, "kind": entry.kind, "pseudonym": entry.pseudonym,
        }  # fmt: skip
        there = now.get(entry.act_id)
        if there is None:
            findings.append(Finding("entry is not in the ledger", **place, expected="an entry"))
            continue
        expected = entry.fields()
        findings += [
            Finding("ledger differs", **place, field=name, expected=value, found=there[name])
            for name, value in expected.items()
            if there[name] != value
        ]
    of_act = {entry.act_id: entry for entry in frozen}
    for row in store.read(EVIDENCE, acts=acts):
        entry = of_act[row["act_id"]]
        digest = ledger.evidence_hash(row["salt"], row["facts"], row["entered_by"])
        if digest != entry.evidence_hash:
            findings.append(
                Finding(
                    "evidence changed", entry.act_id, entry.kind, entry.pseudonym, "evidence",
                    expected=entry.evidence_hash, found=digest,
                )
            )  # fmt: skip
    newest = max((e.recorded_at for e in frozen), default=None)
    try:
        for entry in _season(store, rules):
            if entry.act_id not in of_act and newest is not None and entry.recorded_at <= newest:
                findings.append(
                    Finding("entry is in the ledger but not in the season", entry.act_id,
                            entry.kind, entry.pseudonym, found="an entry")
                )  # fmt: skip
        broken = None if findings else ledger.broken_link(store)
    except Conflict as problem:
        # An entry with a basis that is no number: named above if it is one of the season's.
        return findings or [Finding("ledger cannot be read", found=str(problem))]
    if broken is not None:
        findings.append(
            Finding(f"ledger's chain breaks at number {broken.number}", act_id=broken.act_id,
                    expected=broken.expected, found=broken.found)
        )  # fmt: skip
    return findings
