"""The sections of a mapping as objects; what they mean is told at the top of `mapping.py`."""

import re
import string
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ingest.words import RUNNING_TEXT

ValueType = Literal[
    "text",
    "integer",
    "number",
    "flag",
    "date",
    "time",
    "seconds",
    "milliseconds",
    "date_seconds",
    "date_milliseconds",
    "list",
    "autumn_of",
    "spring_of",
    "key",
    "contact_key",
]
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
    keep: Texts = ()
    place: Texts = Field((), max_length=2)


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

    def words(self) -> list[Any]:
        """Return the values that the mapping itself says."""
        said = [self.constant, self.default]
        if not self.replace and not self.lookup and self.type == "text":
            said += [*(self.terms or {}).values(), self.other, *self.one_of]
        return [word for word in said if word not in (None, "")]

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

    def entries(self) -> Iterator[str]:
        """Yield the columns and templates of columns that the section is made of."""
        yield from self.only
        yield from self.unless
        for value in self.properties.values():
            if value.constant is None:
                yield value.column or value.template or ""

    def columns(self) -> Iterator[str]:
        """Yield the columns that the section is made of, and variables that are in a template."""
        if self.each is not None:
            yield self.each.column
        for entry in self.entries():
            yield from names_in(entry) if "{" in entry else [entry]


class NodeSpec(Rows):
    """One kind of thing."""

    label: str
    labels: Texts = ()
    kind: str = ""
    id: Texts = Field(min_length=1)
    empty: Unfit = "reject"
    repeated: bool = False
    shared: Literal["", "name"] = ""

    def entries(self) -> Iterator[str]:
        yield from self.id
        yield from super().entries()


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

    def entries(self) -> Iterator[str]:
        yield from self.start.columns
        yield from self.end.columns
        yield from super().entries()


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

    def columns_of(self, file: str) -> set[str]:
        """Return the columns of a file that the mapping names."""
        named = {column for spec in self.sections_of(file) for column in spec.columns()}
        for lookup in self.lookups.values():
            if lookup.file == file:
                for entry in (lookup.key, lookup.value):
                    named.update(names_in(entry) if "{" in entry else [entry])
        return named

    def unused_columns(self, file: str, columns: Iterable[str]) -> tuple[str, ...]:
        """Return the columns of a file that neither the mapping names nor anything keeps."""
        keep = self.files[file].keep
        used = self.columns_of(file)
        unused = (name for name in columns if name not in used and name not in keep)
        return () if "*" in keep else tuple(unused)

    def texts_of(self, file: str) -> set[str]:
        """Return the columns of a file that hold running text."""
        return {
            value.column
            for spec in self.sections_of(file)
            for name, value in spec.properties.items()
            if name in RUNNING_TEXT and value.column is not None
        }


def names_in(template: str) -> list[str]:
    """Return the names in braces of a template."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
