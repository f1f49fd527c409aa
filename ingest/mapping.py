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
    keep = ["note"]               # columns that no section uses, to be kept in the Record all the
                                  # same; "*" keeps all. Others stay out of the graph
    place = ["file", "row"]       # columns that say where the row stood before the file was made of
                                  # others; a Record then names that place and not this file's

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
    shared = "name"               # only Topic, Place, Organisation, Unit, StudyGroup: one node
                                  # for each name, found
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

A value that is empty and has no default leaves the property unset. Whatever a mapping says, states,
kinds, levels and forms are words of `graphnet.model.VOCABULARY` (`terms` say what others mean), and
what `REQUIRED` and `PERIODS` there ask for holds.

**A rejected row leaves nothing**: if one section cannot use it, no section does. It comes back in
the file of rejects with its reasons, and without the cells of columns that no section uses.

**A second edition** of a file changes what its rows say otherwise; a cell that was emptied takes
back what this source had said, where nobody has changed it since. What no row says any more stays,
and is counted in the report.

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
import tomllib
from collections.abc import Mapping as AnyMapping
from pathlib import Path

from graphnet.errors import BadMapping
from ingest.contradictions import contradictions, validated
from ingest.sections import Each, End, FileSpec, Mapping, NodeSpec, Rows, TieSpec, Value, names_in

__all__ = [
    "Each", "End", "FileSpec", "Mapping", "NodeSpec", "Rows", "TieSpec", "Value", "find",
    "names_in", "read",
]  # fmt: skip

SHIPPED = Path(__file__).parent / "mappings"


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
        raw = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as problem:
        raise BadMapping(f"{path}: cannot be read: {problem}") from problem
    except tomllib.TOMLDecodeError as problem:
        raise BadMapping(f"{path}: not TOML: {problem}") from problem
    mapping, mistakes = validated(raw)
    values: dict[str, str] = {}
    source = ground = ""
    if mapping is not None:
        mistakes += contradictions(mapping)
        values, told = _variables(mapping, folder, variables or {})
        mistakes += told
        source, told = _filled("source", mapping.source, values)
        source = source.lower()
        if not told and not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", source):
            told = [f"source {source!r}: use letters a-z, digits, '-' and '.'"]
        mistakes += told
        ground, told = _filled("ground", mapping.ground, values)
        mistakes += told
    if mistakes or mapping is None:
        raise BadMapping(f"{path}:\n  " + "\n  ".join(dict.fromkeys(mistakes)))
    digest = hashlib.sha256(text.encode())
    digest.update(repr(sorted(values.items())).encode())
    changed = {"source": source, "ground": ground, "variables": values}
    return mapping.model_copy(update=changed | {"digest": digest.hexdigest()})


def _variables(
    mapping: Mapping, folder: Path, given: AnyMapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return the variables' values, and what is wrong with them."""
    values, mistakes = dict(mapping.variables), []
    if mapping.folder:
        pattern = re.compile(mapping.folder)
        names = list(pattern.groupindex)
        match = pattern.fullmatch(folder.resolve().name)
        if match:
            values |= {name: text or "" for name, text in match.groupdict().items()}
        elif missing := [name for name in names if name not in given]:
            mistakes.append(
                f"the folder {folder.resolve().name!r} does not look like {mapping.folder!r}: "
                "rename it, or say " + " ".join(f"--set {name}=..." for name in missing)
            )
        values |= {name: "" for name in names if name not in values}
    if unknown := sorted(set(given) - set(values)):
        mistakes.append(f"has no variable {', '.join(unknown)}")
    return values | dict(given), mistakes


def _filled(place: str, template: str, values: AnyMapping[str, str]) -> tuple[str, list[str]]:
    try:
        return template.format_map(dict(values)), []
    except (KeyError, ValueError, IndexError) as problem:
        return template, [f"{place}: {template!r} names no variable: {problem}"]
