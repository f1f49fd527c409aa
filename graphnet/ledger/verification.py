"""A sealed season recomputed: every entry, every point, the seal, and the ledger as it stands.

Verification names the single place: each entry carries its own hash and a running one.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from graphnet.errors import BadValue, Conflict, GraphnetError
from graphnet.ledger import chain
from graphnet.ledger import entries as ledger
from graphnet.ledger.archive import files_of, parsed, public_key, results
from graphnet.ledger.rules import SeasonRules, read_rules
from graphnet.ledger.scoring import Entry, canonical, entry_of, sha256
from graphnet.store import Store

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
    readable: bool = True  # whether it is a season at all; else nothing else was looked at

    @property
    def holds(self) -> bool:
        """Whether everything agrees."""
        return not self.findings


def verify(
    path: Path,
    *,
    keys: Sequence[bytes] = (),
    public: str = "",
    published: str = "",
    store: Store | None = None,
) -> Verification:
    """Recompute the file of a season and everything appended to it; see `verify_texts`.

    Raises
    ------
    ThingNotFound
        If there is no such file.
    """
    texts = [(file.name, file.read_bytes()) for file in files_of(path)]
    return verify_texts(texts, keys=keys, public=public, published=published, store=store)


def verify_texts(
    texts: Sequence[tuple[str, bytes]],
    *,
    keys: Sequence[bytes] = (),
    public: str = "",
    published: str = "",
    store: Store | None = None,
) -> Verification:
    """Recompute a sealed season and everything appended to it; say each place that disagrees.

    Parameters
    ----------
    texts
        The name and the bytes of the season, and of what was appended, in order.
    keys
        The installation's private keys, each of which may have sealed it; none: whose signature it
        is is not checked.
    public
        Its public key, for whoever has no other: 64 hexadecimal digits.
    published
        The SHA-256 sum that was published with the result; empty: the text's own is taken.
    store
        The live ledger to compare with; None: the text alone is looked at.

    Raises
    ------
    BadValue
        If `public` is no public key. A text that cannot be read as a season is a finding.
    """
    _checked(public)
    signers = [public] if public else [public_key(key) for key in keys]
    findings: list[Finding] = []
    entries: list[Entry] = []
    rules: SeasonRules | None = None
    candidates: list[str] | None = None
    shown: list[dict[str, Any]] = []
    previous = first_sum = season = ""
    late = 0
    readable = True
    for number, (name, raw) in enumerate(texts):
        try:
            content, seal = parsed(raw)
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
            findings += _seal(raw, content, seal, signers, keys)
            first_sum = first_sum or seal["sha256"]
            previous = seal["sha256"]
        except (KeyError, TypeError, ValueError, AttributeError, GraphnetError) as problem:
            findings.append(
                Finding(f"{name} is not a frozen season", found=str(problem)[:300],
                        expected="canonical JSON")
            )  # fmt: skip
            readable = number > 0
            break
    if readable and published and published != first_sum:
        findings.append(Finding("published sum", expected=published, found=first_sum))
    if readable and store is not None and rules is not None:
        findings += _against(store, rules, entries)
    return Verification(
        season,
        first_sum,
        None if not signers or not readable else not any(f.what == "signature" for f in findings),
        store is not None,
        len(entries),
        late,
        tuple(findings),
        tuple(shown),
        readable,
    )


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
    raw: bytes,
    content: dict[str, Any],
    seal: dict[str, Any],
    signers: Sequence[str],
    keys: Sequence[bytes],
) -> list[Finding]:
    digest = sha256(canonical(content))
    findings = _differ("sum of the file", digest, seal["sha256"])
    names = ("sha256", "signature", "public_key") if "public_key" in seal else SEALED_BEFORE
    outer = {"content": content, **{name: seal[name] for name in names}}
    if raw != (canonical(outer) + "\n").encode():
        findings.append(Finding("file is not in its canonical form", expected="canonical JSON",
                                found="other bytes"))  # fmt: skip
    if "public_key" not in seal:
        return findings + _seal_before(digest, seal, signers, keys)
    return findings + signed(digest, seal["signature"], seal["public_key"], signers)


def signed(digest: str, signature: str, by: str, signers: Sequence[str]) -> list[Finding]:
    """Check a signature of a sum, and, where signers are known, that it is by one of them."""
    findings = []
    if signers and by not in signers:
        findings += _differ("signature", f"of the key {signers[0]}", f"of the key {by}")
    try:
        signing = Ed25519PublicKey.from_public_bytes(bytes.fromhex(by))
        signing.verify(bytes.fromhex(signature), digest.encode())
    except (InvalidSignature, ValueError):
        findings.append(Finding("signature", expected=f"of the sum {digest}", found=str(signature)))
    return findings


SEALED_BEFORE = ("sha256", "signature")


def _seal_before(
    digest: str, seal: dict[str, Any], signers: Sequence[str], keys: Sequence[bytes]
) -> list[Finding]:
    """Check a seal of the first release: an HMAC, which only the installation itself can check."""
    if not keys:
        return _differ("signature", f"of the key {signers[0]}", "an HMAC") if signers else []
    expected = [hmac.new(key, digest.encode(), hashlib.sha256).hexdigest() for key in keys]
    if any(hmac.compare_digest(one.encode(), str(seal["signature"]).encode()) for one in expected):
        return []
    return [Finding("signature", expected=expected[-1], found=str(seal["signature"]))]


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
    now = {row["act_id"]: chain.texts(row) for row in store.read(NOW, acts=acts)}
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
        digest = chain.evidence_hash(row["salt"], row["facts"], row["entered_by"])
        if digest != entry.evidence_hash:
            findings.append(
                Finding(
                    "evidence changed", entry.act_id, entry.kind, entry.pseudonym, "evidence",
                    expected=entry.evidence_hash, found=digest,
                )
            )  # fmt: skip
    newest = max((e.recorded_at for e in frozen), default=None)
    try:
        for entry in ledger.in_time(store.read, rules.start, rules.end):
            if entry.act_id not in of_act and newest is not None and entry.recorded_at <= newest:
                findings.append(
                    Finding("entry is in the ledger but not in the season", entry.act_id,
                            entry.kind, entry.pseudonym, found="an entry")
                )  # fmt: skip
        broken = None if findings else chain.broken_link(store)
    except Conflict as problem:
        # An entry with a basis that is no number: named above if it is one of the season's.
        return findings or [Finding("ledger cannot be read", found=str(problem))]
    if broken is not None:
        findings.append(
            Finding(f"ledger's chain breaks at number {broken.number}", act_id=broken.act_id,
                    expected=broken.expected, found=broken.found)
        )  # fmt: skip
    return findings
