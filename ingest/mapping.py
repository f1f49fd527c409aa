r"""Mappings: what a TOML file says about which columns become which nodes, ties and properties.

A mapping is the first step of an import; `rows.py` reads files as it says, `load.py` writes them.

**The whole of it**::

    source = "register"           # required; names the source on every Record and tie. Lower case
                                  # letters, digits, - . and {variables}
    title = "The register of alumni"
    ground = "..."                # lawful ground; empty or absent: people wait in quarantine
    folder = '(?P<city>.+)-csv'   # optional: must match the folder's name; its named groups are
                                  # variables, usable as {city} in `source`, `ground`, templates
    variables = { city = "" }     # optional: more variables; `graphnet import --set city=Perm`

**Files.** One table each; sections below name it by its last part::

    [files.people]
    path = "people.csv"           # required; inside the imported folder
    delimiter = ","               # default ","
    quote = '"'                   # default '"'; "" means that quotes are ordinary letters
    encoding = "utf-8"            # default; a byte order mark is ignored
    columns = ["id", "name"]      # only if the file has no header row
    unknown = ["NULL", "-"]       # cells with this text count as empty, everywhere
    unquote = true                # default false: take off quotation marks left around cell texts
    optional = false              # default; true: the file may be missing

A column whose name occurs twice in a header is called `name` and `name:2`. Header names and cells
are trimmed of every kind of space, composed (NFC), and freed of what cannot be seen; a line break
is a space, but in columns of running text (`description`, `about` ...). A row that is shorter than
the header is filled up with empty cells, empty cells beyond the header are dropped, and a row with
more than that is rejected; rows without any text are passed over. Excel's `sep=;` before the header
is understood.

**Nodes.** One section for each kind of thing; its last part is the *kind*, by which ties find it::

    [nodes.person]
    label = "Person"              # required; a label of `words.NODE_LABELS`
    labels = ["Alumnus"]          # only for Person: further labels
    kind = "person"               # default: the section's name. Two sections may make one kind
    file = "people"               # required
    id = ["person_id"]            # required: columns whose texts identify the thing in its source;
                                  # "{university}" is a template of columns and variables instead
    empty = "skip"                # default "reject": what to do with a row whose id is empty
    repeated = true               # default false: an id may come again; its first row counts.
                                  # Otherwise a second row with the same id is rejected
    shared = "name"               # only Topic, Place, Organisation: one node for each name, found
                                  # again whichever source or row it comes from
    only = { type = ["a", "b"] }  # rows whose column has one of these texts ("" is empty) ...
    unless = { type = "c" }       # ... and none of those; other rows are skipped, not rejected
    each = { column = "email", separator = ";" }   # one node for each item of a list in a cell:
                                  # for the rest of the section, the column holds one item
    properties.given_name = "first_name"           # see "Properties"

A node may thus come from a column of another thing's file: Facebook100's `major` is a Unit with
`file = "people"`, `id = ["major"]`, `empty = "skip"`, `repeated = true`.

What identifies a node in the graph: a Person gets a random id and a lasting key when it is first
seen; a GroupCode's `text` is the id columns' text itself; every other label gets an id that is a
hash of (source, kind, id columns) or, if shared, of its name. Contributions come in by the ledger
only (`graphnet contributions import`), since nothing may change one.
Event, Group and Project get a `key`; these and Person get `created_at` and `visibility`
("shown" for people, else "members"; and people a `name_key`) if the mapping does not say them. As
long as the source has no lawful ground, people are `quarantined`, and the visibility of groups,
events and projects is "quarantined".

**Ties.** A list::

    [[ties]]
    type = "STUDIED_IN"           # required
    file = "studies"              # required
    from = { kind = "person", columns = ["person_id"] }
    to = { kind = "group", columns = ["group_id"], unknown = "skip", empty = "skip" }
    only, unless, each            # as for nodes
    undirected = true             # KNOWS only: written from the lower person key to the higher
    properties.from_term = { column = "year", type = "autumn_of" }

`columns` are those that hold the texts of the end's `id`, in the same order. `unknown` and `empty`
say what becomes of a row whose end is not there, or whose columns are empty: "reject" (default)
or "skip" (for a file in which ends of several kinds are mixed). Which labels a tie may join stands
in `words.TIE_ENDS`. A person and a place of study, for example, may be joined twice by the same
type if the properties in `words.TIE_IDENTITY` differ: from_term for STUDIED_IN, year for COMPLETED.
Ties that have a property `source` get the source's name, and `run`, the number of the run that made
them.

**Properties.** `properties.NAME = "column"` or a table with one of the first three keys::

    column = "birthday"           # the text of a column
    template = "{city} {id}"      # columns and variables in braces; empty if any column is empty
    constant = "department"       # text, number, true or false, list of texts, date or time

    type = "text"                 # default; or one of:
        integer, number, flag     #   flag: yes/no, true/false, 1/0, да/нет
        date                      #   2003-06-30, as `format` says otherwise ("%d.%m.%Y")
        time                      #   ISO time; needs an offset, or `zone` here; stored in UTC
        seconds, milliseconds     #   since 1970, stored as a time in UTC
        date_seconds, date_milliseconds   # the same, stored as a date
        list                      #   texts, cut at `separator` (default ";")
        autumn_of, spring_of      #   a year to a term: the autumn term that begins in it;
                                  #   the spring term that lies in it (1999 -> 3997)
        key                       #   a name folded over scripts and spellings, for name_key
        contact_key               #   an address or telephone number, folded, for value_key
    terms = { "1" = "m" }         # replaces texts before anything else; others are rejected
    other = "unknown"             # ... or become this; other = "" makes them empty
    lookup = "venue"              # replaces the text by what [lookups.venue] has for it, or nothing
    replace = { "_" = " " }       # replaces parts of the text
    default = 1                   # value if empty
    required = true               # default false: reject the row if empty
    pattern = '\d{4}'             # the whole text must match
    minimum = 0, maximum = 9      # numbers, dates, times (as text)
    max_length = 100              # texts; longer ones are rejected
    one_of = ["yes", "no"]        # after `terms`

A value that is empty and has no default leaves the property unset.

**Lookups**: a small table out of another file::

    [lookups.venue]
    file = "venues"
    key = "id"
    value = "{name}, {city}"      # a template

Privacy: accounts can be imported without password or role only; nothing of the bookkeeping
(sessions, audit trail, changes, jobs, records) can be imported at all.
"""

import hashlib
import re
import string
import tomllib
from collections.abc import Mapping as AnyMapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from graphnet.errors import BadMapping
from graphnet.model import NODES, TIES
from ingest.words import NODE_LABELS, RUNNING_TEXT, SHARED, TIE_ENDS, TIE_OWN

SHIPPED = Path(__file__).parent / "mappings"

ValueType = Literal[
    "text", "integer", "number", "flag", "date", "time", "seconds", "milliseconds", "date_seconds",
    "date_milliseconds", "list", "autumn_of", "spring_of", "key", "contact_key",
]  # fmt: skip
Constant = bool | int | float | date | datetime | list[str] | str
Unfit = Literal["reject", "skip"]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Part(BaseModel):
    """A table of a mapping: unknown keys are mistakes, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class FileSpec(Part):
    """A file of the imported folder."""

    path: str
    delimiter: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', max_length=1)
    encoding: str = "utf-8"
    columns: Texts = ()
    unknown: Texts = ()
    unquote: bool = False
    optional: bool = False


class Value(Part):
    """How one property is made of a row."""

    column: str | None = None
    template: str | None = None
    constant: Constant | None = None
    type: ValueType = "text"
    format: str = ""
    zone: str = ""
    separator: str = ";"
    terms: dict[str, str] | None = None
    other: str | None = None
    lookup: str = ""
    replace: dict[str, str] = Field(default_factory=dict)
    default: Constant | None = None
    required: bool = False
    pattern: str = ""
    minimum: float | date | datetime | str | None = None
    maximum: float | date | datetime | str | None = None
    max_length: int = 0
    one_of: Texts = ()

    @model_validator(mode="before")
    @classmethod
    def _column_alone(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_origin(self) -> "Value":
        origins = [self.column is not None, self.template is not None, self.constant is not None]
        if sum(origins) != 1:
            raise ValueError("give exactly one of column, template, constant")
        if self.pattern:
            try:
                re.compile(self.pattern)
            except re.error as problem:
                raise ValueError(f"pattern {self.pattern!r}: {problem}") from problem
        return self


class Each(Part):
    """A cell that holds a list, taken item by item."""

    column: str
    separator: str = ";"


class Rows(Part):
    """What nodes and ties have in common: which rows of which file."""

    file: str
    only: dict[str, Texts] = Field(default_factory=dict)
    unless: dict[str, Texts] = Field(default_factory=dict)
    each: Each | None = None
    properties: dict[str, Value] = Field(default_factory=dict)


class NodeSpec(Rows):
    """One kind of thing."""

    label: str
    labels: Texts = ()
    kind: str = ""
    id: Texts = Field(min_length=1)
    empty: Unfit = "reject"
    repeated: bool = False
    shared: Literal["", "name"] = ""


class End(Part):
    """One end of a tie."""

    kind: str
    columns: Texts = Field(min_length=1)
    unknown: Unfit = "reject"
    empty: Unfit = "reject"


class TieSpec(Rows):
    """One kind of tie out of one file."""

    type: str
    start: End = Field(alias="from")
    end: End = Field(alias="to")
    undirected: bool = False


class Lookup(Part):
    """A small table out of another file."""

    file: str
    key: str
    value: str


class Mapping(Part):
    """A whole mapping, checked against the graph's words."""

    source: str
    title: str = ""
    ground: str = ""
    folder: str = ""
    variables: dict[str, str] = Field(default_factory=dict)
    files: dict[str, FileSpec] = Field(min_length=1)
    nodes: dict[str, NodeSpec] = Field(min_length=1)
    ties: tuple[TieSpec, ...] = ()
    lookups: dict[str, Lookup] = Field(default_factory=dict)
    digest: str = ""  # SHA-256 of the text and the variables' values; not written in the file

    @property
    def labels_of_kinds(self) -> dict[str, str]:
        """Return the label of each kind."""
        return {spec.kind or name: spec.label for name, spec in self.nodes.items()}

    def sections_of(self, file: str) -> list[NodeSpec | TieSpec]:
        """Return the sections that are made of one file."""
        sections: list[NodeSpec | TieSpec] = [*self.nodes.values(), *self.ties]
        return [spec for spec in sections if spec.file == file]

    def texts_of(self, file: str) -> set[str]:
        """Return the columns of a file that hold running text."""
        return {
            value.column
            for spec in self.sections_of(file)
            for name, value in spec.properties.items()
            if name in RUNNING_TEXT and value.column is not None
        }


def find(name: str | Path) -> Path:
    """Return the path of a mapping: a file, or the name of one that ships with the program."""
    path = Path(name)
    if path.is_file():
        return path
    shipped = SHIPPED / f"{name}.toml"
    if path.parent == Path() and shipped.is_file():
        return shipped
    names = ", ".join(sorted(p.stem for p in SHIPPED.glob("*.toml")))
    raise BadMapping(f"no mapping {str(name)!r}: give the path of a TOML file, or one of {names}")


def read(path: Path, folder: Path, *, variables: AnyMapping[str, str] | None = None) -> Mapping:
    """Read a mapping and fill in its variables.

    Raises
    ------
    BadMapping
        With every mistake, one a line, each with the place in the file.
    """
    try:
        text = path.read_text(encoding="utf-8")
        mapping = Mapping.model_validate(tomllib.loads(text))
    except (OSError, UnicodeDecodeError) as problem:
        raise BadMapping(f"{path}: cannot be read: {problem}") from problem
    except tomllib.TOMLDecodeError as problem:
        raise BadMapping(f"{path}: not TOML: {problem}") from problem
    except ValidationError as problem:
        mistakes = [
            f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
            for error in problem.errors()
        ]
        raise BadMapping(_listing(path, mistakes)) from problem
    mistakes = _contradictions(mapping)
    if mistakes:
        raise BadMapping(_listing(path, mistakes))
    values = _variables(path, mapping, folder, variables or {})
    digest = hashlib.sha256(text.encode())
    digest.update(repr(sorted(values.items())).encode())
    source = _filled(path, "source", mapping.source, values).lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", source):
        raise BadMapping(f"{path}: source {source!r}: use letters a-z, digits, '-' and '.'")
    return mapping.model_copy(
        update={
            "source": source,
            "ground": _filled(path, "ground", mapping.ground, values),
            "variables": values,
            "digest": digest.hexdigest(),
        }
    )


def names_in(template: str) -> list[str]:
    """Return the names in braces of a template."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]


def _listing(path: Path, mistakes: list[str]) -> str:
    return f"{path}:\n  " + "\n  ".join(mistakes)


def _variables(
    path: Path, mapping: Mapping, folder: Path, given: AnyMapping[str, str]
) -> dict[str, str]:
    values = dict(mapping.variables)
    if mapping.folder:
        pattern = re.compile(mapping.folder)
        names = list(pattern.groupindex)
        match = pattern.fullmatch(folder.resolve().name)
        if match:
            values |= {name: text or "" for name, text in match.groupdict().items()}
        elif missing := [name for name in names if name not in given]:
            raise BadMapping(
                f"the folder {folder.resolve().name!r} does not look like {mapping.folder!r}, "
                f"which {path.name} expects: rename it, or say "
                + " ".join(f"--set {name}=..." for name in missing)
            )
        values |= {name: "" for name in names if name not in values}
    if unknown := sorted(set(given) - set(values)):
        raise BadMapping(f"{path}: has no variable {', '.join(unknown)}")
    return values | dict(given)


def _filled(path: Path, place: str, template: str, values: AnyMapping[str, str]) -> str:
    try:
        return template.format_map(dict(values))
    except (KeyError, ValueError, IndexError) as problem:
        raise BadMapping(f"{path}: {place}: {template!r} names no variable: {problem}") from problem


def _contradictions(mapping: Mapping) -> list[str]:
    """Return what in a mapping contradicts itself or the graph's words."""
    mistakes: list[str] = []
    kinds: dict[str, NodeSpec] = {}
    for name, node in mapping.nodes.items():
        where = f"nodes.{name}"
        kind = node.kind or name
        if node.label not in NODE_LABELS:
            mistakes.append(f"{where}.label: {node.label!r} is not one of {_words(NODE_LABELS)}")
            continue
        first = kinds.setdefault(kind, node)
        if first.label != node.label or len(first.id) != len(node.id):
            mistakes.append(f"{where}: kind {kind!r} has two labels or two kinds of id")
        if ":" in kind:
            mistakes.append(f"{where}.kind: {kind!r} must not contain ':'")
        if node.labels and (node.label != "Person" or set(node.labels) != {"Alumnus"}):
            mistakes.append(f'{where}.labels: only a Person may have more, and only "Alumnus"')
        if node.shared and node.label not in SHARED:
            mistakes.append(f"{where}.shared: only Topic, Place and Organisation are shared")
        if node.shared and "name" not in node.properties:
            mistakes.append(f"{where}.shared: needs properties.name")
        if node.shared != first.shared:
            mistakes.append(f"{where}.shared: kind {kind!r} is shared in one section only")
        allowed = [p for p in NODES[node.label] if p not in NODE_LABELS[node.label]]
        mistakes += _rows_mistakes(mapping, where, node, allowed)
    for number, tie in enumerate(mapping.ties, start=1):
        where = f"ties[{number}] ({tie.type})"
        if tie.type not in TIE_ENDS:
            mistakes.append(f"{where}: type is not one of {_words(TIE_ENDS)}")
            continue
        mistakes += [
            f"{where}: no section of nodes has the kind {end.kind!r}"
            for end in (tie.start, tie.end)
            if end.kind not in kinds
        ]
        if tie.start.kind in kinds and tie.end.kind in kinds:
            ends = (kinds[tie.start.kind].label, kinds[tie.end.kind].label)
            if ends not in TIE_ENDS[tie.type]:
                can = "; ".join(f"{a} to {b}" for a, b in TIE_ENDS[tie.type])
                mistakes.append(f"{where}: cannot join {ends[0]} to {ends[1]}, only {can}")
            mistakes += [
                f"{where}: {end.kind} is identified by {len(kinds[end.kind].id)} columns, "
                f"not {len(end.columns)}"
                for end in (tie.start, tie.end)
                if len(end.columns) != len(kinds[end.kind].id)
            ]
        if tie.undirected and tie.type != "KNOWS":
            mistakes.append(f"{where}: only KNOWS can be undirected")
        if tie.type == "CALLED" and not {"academic_year", "term"} <= set(tie.properties):
            mistakes.append(f"{where}: needs properties.academic_year and properties.term")
        allowed = [p for p in TIES[tie.type] if p not in TIE_OWN]
        mistakes += _rows_mistakes(mapping, where, tie, allowed)
    mistakes += [
        f"lookups.{name}.file: no section files.{lookup.file}"
        for name, lookup in mapping.lookups.items()
        if lookup.file not in mapping.files
    ]
    return mistakes


def _rows_mistakes(mapping: Mapping, where: str, rows: Rows, allowed: list[str]) -> list[str]:
    mistakes = []
    if rows.file not in mapping.files:
        mistakes.append(f"{where}.file: no section files.{rows.file}")
    for name, value in rows.properties.items():
        place = f"{where}.properties.{name}"
        if name not in allowed:
            mistakes.append(f"{place}: not a property of it; there are {_words(allowed)}")
        if value.lookup and value.lookup not in mapping.lookups:
            mistakes.append(f"{place}.lookup: no section lookups.{value.lookup}")
    return mistakes


def _words(words: Any) -> str:
    return ", ".join(sorted(words)) or "none"
