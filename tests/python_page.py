"""docs/reference/python.md: the public names with their signatures and docstrings, as Markdown."""

import dataclasses
import inspect
import re

import graphnet

INTRODUCTION = """# From Python

`import graphnet` gives analysts the names on this page, and nothing else is public. They stay as
they are: what is to go stands under *Deprecated* in the [changelog](../changelog.md) a release
before it goes. The package is typed, tables are [polars](https://docs.pola.rs) data frames, and
importing it loads nothing until a name is asked for.

Every answer is what the viewer may see, by the same rules as on the site
([who sees whom](who-sees-whom.md)): an analyst gets pseudonyms and no count under five, staff get
names, for a purpose, and what was taken from an installation stands on the audit trail with that
purpose. The [notebooks](../start/analyst.md) use these names and no others.
"""
SECTION = re.compile(r"^(?P<title>[A-Z][a-z]+(?: [a-z]+)?)\n-{3,}\n", re.MULTILINE)


def page() -> str:
    """The page, without its first line."""
    parts = [INTRODUCTION]
    for name in graphnet.__all__:
        if name == "__version__":
            continue
        one = getattr(graphnet, name)
        parts.append(f"## `{name}`\n")
        if inspect.isclass(one):
            parts += _class(name, one)
        elif callable(one):
            parts.append(_signature(name, one))
            parts.append(markdown(inspect.getdoc(one) or ""))
        else:
            parts.append(", ".join(f"`{value}`" for value in one) + "\n")
    return "\n".join(parts)


def _class(name: str, one: type) -> list[str]:
    parts = [markdown(inspect.getdoc(one) or "")]
    for method, value in vars(one).items():
        if method.startswith("_") or method in dataclass_fields(one):
            continue
        if inspect.isfunction(value):
            parts.append(f"### `{name}.{method}`\n")
            parts.append(_signature(method, value))
            parts.append(markdown(inspect.getdoc(value) or ""))
        elif said := inspect.getdoc(value):
            parts.append(f"### `{name}.{method}`\n")
            parts.append(markdown(said))
    return parts


def dataclass_fields(one: type) -> set[str]:
    """The names of a dataclass's fields, which its docstring describes."""
    return {f.name for f in dataclasses.fields(one)} if dataclasses.is_dataclass(one) else set()


def _signature(name: str, function: object) -> str:
    assert callable(function)
    signature = inspect.signature(function)
    kept = [p for p in signature.parameters.values() if p.name != "self"]
    text = str(signature.replace(parameters=kept)).replace("graphnet.analysis.", "")
    text = re.sub(r"\b(?:polars\.dataframe\.frame|collections\.abc|pathlib|typing)\.", "", text)
    text = re.sub(
        r"\b(?:choice|graph|association|graphnet\.influence\.structure)\.(?=[A-Z])", "", text
    )
    text = text.replace(
        "numpy.ndarray[tuple[Any, ...], numpy.dtype[numpy.float64]]", "NDArray[float64]"
    )
    text = re.sub(r"-> '([^']*)'", r"-> \1", text)
    return f"```python\n{name}{text}\n```\n"


def markdown(said: str) -> str:
    """A numpydoc docstring as Markdown."""
    pieces = SECTION.split(said)
    parts = [_plain(pieces[0])]
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if title == "Examples":
            parts.append(f"```pycon\n{body.strip()}\n```\n")
        elif title in ("References", "Notes"):
            parts.append(f"{'Source' if title == 'References' else title}: {_plain(body)}")
        else:
            parts.append(f"{title}:\n\n{_entries(body)}")
    return "\n".join(parts)


def _plain(text: str) -> str:
    return text.strip().replace("``", "`") + "\n"


def _entries(body: str) -> str:
    entries: list[list[str]] = []
    for line in body.strip().splitlines():
        if line.startswith("    ") and entries:
            entries[-1].append(line.strip())
        elif line.strip():
            entries.append([line.strip()])
    rows = [
        f"- `{head.replace('``', '')}`" + (f": {' '.join(rest).replace('``', '`')}" if rest else "")
        for head, *rest in entries
    ]
    return "\n".join(rows) + "\n"
