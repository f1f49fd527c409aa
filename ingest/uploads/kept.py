"""Files that staff have loaded up: kept beside the graph until committed, thrown away or too old.

One `:Upload` is several files of one afternoon, each with what staff said of it (`choices`). The
files lie in a folder of its own, which only the server's own account can read, and are gone a
fortnight after they came, whatever became of them.
"""

import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from graphnet import jobs
from graphnet.audit import acted
from graphnet.erasure.holding import Known
from graphnet.errors import BadFile, BadValue, Conflict, GraphnetError, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Row, Store, Transaction, native

log = logging.getLogger(__name__)

KEPT = timedelta(days=14)
MOST_FILES = 20
LARGEST = 60 * 1024 * 1024  # bytes of all files of one upload together
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".vcf")
READ, COMMIT = "read upload", "commit upload"
STATES = ("new", "reading", "ready", "committing", "committed", "failed")

# One row: the upload that was written.
CREATE = """CREATE (u:Upload {id: $id, at: $now, by: $by, state: 'new', files: $files,
  choices: '{}', progress: '', problem: '', done: '[]'}) RETURN u.id AS id"""

# One row: an upload, the newest first.
LIST = """MATCH (u:Upload) RETURN u.id AS id, u.at AS at, u.by AS by, u.state AS state,
  u.files AS files, u.choices AS choices, u.progress AS progress, u.problem AS problem,
  u.done AS done ORDER BY at DESC, id LIMIT $limit"""

# One row: the upload.
ONE = """MATCH (u:Upload {id: $id}) RETURN u.id AS id, u.at AS at, u.by AS by, u.state AS state,
  u.files AS files, u.choices AS choices, u.progress AS progress, u.problem AS problem,
  u.done AS done LIMIT 1"""

# One row: an import of those that has been taken back.
TAKEN_BACK = """MATCH (r:ImportRun) WHERE r.id IN $ids AND r.state IN ['undoing', 'undone']
RETURN r.id AS id ORDER BY id LIMIT 1000"""

# One row if it was in one of those states. The write locks it before the condition is looked at.
MOVE = """MATCH (u:Upload {id: $id}) SET u.id = u.id
WITH u WHERE u.state IN $before SET u.state = $state, u.problem = $problem, u.progress = ''
RETURN u.id AS id"""

# One row: the upload whose choices are others now.
CHOOSE = """MATCH (u:Upload {id: $id}) SET u.id = u.id WITH u WHERE u.state IN $before
SET u.choices = $choices RETURN u.id AS id"""

# One row: the upload.
TELL = """MATCH (u:Upload {id: $id}) SET u.progress = $progress RETURN u.id AS id"""

# One row: the upload that is in the base.
DONE = """MATCH (u:Upload {id: $id})
SET u.state = 'committed', u.done = $done, u.progress = '' RETURN u.id AS id"""

# One row: 1 if it was there.
REMOVE = "MATCH (u:Upload {id: $id}) DETACH DELETE u RETURN 1 AS gone"

# One row: the id of an upload that is older than it may be.
OLD = """MATCH (u:Upload) WHERE u.at < $before RETURN u.id AS id ORDER BY id LIMIT 1000"""


@dataclass(frozen=True)
class Upload:
    """One upload: `files` (name, sha256, bytes), what staff chose, how far it has come.

    Attributes
    ----------
    undone
        Ids of those of its imports that have been taken back.
    """

    id: str
    at: datetime
    by: str
    state: str
    files: tuple[dict[str, Any], ...]
    choices: dict[str, Any]
    progress: str
    problem: str
    done: tuple[dict[str, Any], ...]
    undone: frozenset[str] = frozenset()

    @property
    def taken_back(self) -> bool:
        """Whether it was in the base, and nothing of it is any more."""
        runs = _runs(self)
        return bool(runs) and runs <= self.undone

    @property
    def size(self) -> int:
        """How many bytes all files have together."""
        return sum(int(file["size"]) for file in self.files)

    @property
    def busy(self) -> bool:
        """Whether a worker has it in hand."""
        return self.state in ("reading", "committing")


def folder_of(settings: Settings, upload_id: str) -> Path:
    """Return where the files of an upload lie."""
    if not re.fullmatch(r"[0-9a-z]{16}", upload_id):
        raise ThingNotFound("no such upload")
    return settings.uploads / upload_id


def receive(
    settings: Settings, store: Store, viewer: Viewer, files: Iterable[tuple[str, IO[bytes]]]
) -> str:
    """Keep files that staff have loaded up; return the upload's id.

    Raises
    ------
    BadValue
        If there are none, too many, too large ones, or some that are no table and no cards.
    """
    viewer.require_staff()
    upload_id = new_id()
    folder = folder_of(settings, upload_id)
    folder.mkdir(mode=0o700, parents=True)
    kept: list[dict[str, Any]] = []
    try:
        for name, stream in files:
            if len(kept) == MOST_FILES:
                raise BadValue(f"no more than {MOST_FILES} files at once", code="many")
            taken = {file["name"] for file in kept}
            kept.append(_keep(folder, _named(name, taken), stream))
            if sum(file["size"] for file in kept) > LARGEST:
                raise BadValue(f"no more than {LARGEST >> 20} MiB at once", code="many")
        if not kept:
            raise BadValue("choose at least one file", code="needed")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise

    def work(transaction: Transaction) -> None:
        transaction.run(
            CREATE,
            id=upload_id,
            now=datetime.now(UTC),
            by=viewer.account_id,
            files=json.dumps(kept, ensure_ascii=False),
        )
        acted(transaction, viewer, "upload files", upload_id, detail=f"{len(kept)} files")

    store.in_write(work)
    return upload_id


def _named(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^\w.() -]+", "_", Path(name.replace("\\", "/")).name).strip(" .")[-80:]
    if not plain.lower().endswith(ENDINGS):
        raise BadValue(f"{name}: a table (CSV, XLSX) or vCards is needed", code="kind", field=name)
    stem, _, ending = plain.rpartition(".")
    n = 2
    while plain in taken:
        plain, n = f"{stem} ({n}).{ending}", n + 1
    return plain


def _keep(folder: Path, name: str, stream: IO[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with private(folder / name) as file:
        while block := stream.read(1 << 20):
            digest.update(block)
            size += len(block)
            file.write(block)
    if not size:
        raise BadValue(f"{name} is empty", code="empty")
    return {"name": name, "sha256": digest.hexdigest(), "size": size}


def private(path: Path) -> IO[bytes]:
    """Open a new file that nobody else on this machine can read."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def write_json(path: Path, content: Any) -> None:
    """Write something down beside the files, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    with private(draft) as file:
        file.write(json.dumps(content, ensure_ascii=False, default=str).encode())
    draft.replace(path)


def listed(store: Store, *, limit: int = 50) -> list[Upload]:
    """Return the uploads, the newest first."""
    return _with_undone(store, [_upload(row) for row in store.read(LIST, limit=limit)])


def one(store: Store, upload_id: str) -> Upload:
    """Return an upload.

    Raises
    ------
    ThingNotFound
    """
    rows = store.read(ONE, id=upload_id)
    if not rows:
        raise ThingNotFound("no such upload")
    return _with_undone(store, [_upload(rows[0])])[0]


def _upload(row: Row) -> Upload:
    row = native(row)
    texts = {name: json.loads(row[name]) for name in ("files", "choices", "done")}
    return Upload(**(row | texts | {n: tuple(texts[n]) for n in ("files", "done")}))


def _runs(upload: Upload) -> frozenset[str]:
    return frozenset(one["run"] for one in upload.done if one.get("run"))


def _with_undone(store: Store, uploads: list[Upload]) -> list[Upload]:
    ids = sorted(frozenset[str]().union(*map(_runs, uploads)))
    undone = frozenset(row["id"] for row in store.read(TAKEN_BACK, ids=ids)) if ids else frozenset()
    return [replace(upload, undone=_runs(upload) & undone) for upload in uploads]


def choose(store: Store, upload_id: str, choices: dict[str, Any]) -> None:
    """Keep what staff said of the files.

    Raises
    ------
    Conflict
        If the files are being brought in, or are in the base already.
    """
    before = ["new", "reading", "ready", "failed"]
    text = json.dumps(choices, ensure_ascii=False, sort_keys=True)
    if not store.write(CHOOSE, id=upload_id, choices=text, before=before):
        raise Conflict(
            "these files are being brought into the base, or are there already", code="busy"
        )


def stopped_by(problem: GraphnetError) -> str:
    """Return what is kept of why an upload has stopped: a code, and what it is about."""
    return f"{problem.code or 'unforeseen'}:{problem.field}"


def move(
    store: Store, upload_id: str, state: str, *, before: Iterable[str], problem: str = ""
) -> None:
    """Put an upload into a state.

    Raises
    ------
    Conflict
        If it is in none of the states before.
    """
    given = {"before": list(before), "problem": problem[:500]}
    if not store.write(MOVE, id=upload_id, state=state, **given):
        raise Conflict("somebody else has the same files in hand", code="busy")


def ask(store: Store, viewer: Viewer, upload_id: str, kind: str) -> None:
    """Have a worker read an upload, or bring it into the base.

    Raises
    ------
    Conflict
        If that was asked for already.
    """
    viewer.require_staff()
    state = {READ: "reading", COMMIT: "committing"}[kind]

    def work(transaction: Transaction) -> None:
        before = ["new", "ready", "failed"]
        if not transaction.run(MOVE, id=upload_id, state=state, before=before, problem=""):
            raise Conflict("somebody else has the same files in hand", code="busy")
        jobs.enqueue(
            transaction,
            kind,
            {"upload": upload_id, "by": viewer.account_id, "purpose": viewer.purpose},
            key=f"{kind}:{upload_id}:{new_id()}",
        )
        if kind == COMMIT:
            acted(transaction, viewer, "commit upload", upload_id)

    store.in_write(work)


def tell(store: Store, upload_id: str, progress: str) -> None:
    """Say how far a worker has come."""
    store.write(TELL, id=upload_id, progress=progress[:200])


def done(store: Store, upload_id: str, results: list[dict[str, Any]]) -> None:
    """Say that an upload is in the base, and what became of each table."""
    store.write(DONE, id=upload_id, done=json.dumps(results, ensure_ascii=False, default=str))


def throw_away(settings: Settings, store: Store, viewer: Viewer, upload_id: str) -> None:
    """Forget files that staff do not want to bring in.

    Raises
    ------
    Conflict
        If a worker has them in hand.
    """
    viewer.require_staff()
    if one(store, upload_id).busy:
        raise Conflict("a worker has these files in hand", code="busy")

    def work(transaction: Transaction) -> None:
        transaction.run(REMOVE, id=upload_id)
        acted(transaction, viewer, "throw upload away", upload_id)

    store.in_write(work)
    shutil.rmtree(folder_of(settings, upload_id), ignore_errors=True)


def forget_old(settings: Settings, store: Store) -> int:
    """Take away what was kept as long as it may be; return how many uploads."""
    before = datetime.now(UTC) - KEPT
    old = [row["id"] for row in store.read(OLD, before=before)]
    for upload_id in old:
        shutil.rmtree(folder_of(settings, upload_id), ignore_errors=True)
        store.write(REMOVE, id=upload_id)
    # What a process left that ended between the files and the node.
    for folder in settings.uploads.glob("*/"):
        if folder.stat().st_mtime < before.timestamp():
            shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def forget(settings: Settings, known: Known) -> int:
    """Take away every kept file that names an erased person; return how many."""
    gone = 0
    for path in _files(settings.uploads):
        if _names(path, known):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _names(path: Path, known: Known) -> bool:
    from ingest.reading import read

    try:
        if path.suffix in (".json", ".csv"):
            return known.within(path.read_text(encoding="utf-8", errors="replace"))
        return any(
            known.within(" ".join(map(str, row.cells)))
            for table in read(path).tables
            for row in table.rows
        )
    except BadFile:
        log.warning("uploads.unreadable")
        return True  # what cannot be looked into is not kept
