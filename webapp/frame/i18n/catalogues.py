"""Catalogues from the command line: take texts out of the code, say what is not translated."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from webapp.frame.i18n import CATALOGUES, ROOT, read

FRAME = ROOT / "frame"
FEATURES = ROOT / "features"

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def features() -> list[str]:
    """Return the names of the catalogues: 'base' of the frame, 'phrases', each feature's."""
    return ["base", "phrases", *sorted(p.parent.name for p in FEATURES.glob("*/__init__.py"))]


def _sources(feature: str) -> Iterator[tuple[Path, str]]:
    phrases = FRAME / "phrases.py"
    if feature == "base":
        paths = [*ROOT.glob("*.py"), *FRAME.rglob("*.py"), *FRAME.rglob("*.html")]
        paths.remove(phrases)
    elif feature == "phrases":
        paths = [phrases]
    else:
        folder = FEATURES / feature
        paths = [*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.glob("letters/*.txt")]
    for path in sorted(path for path in paths if path.exists()):
        yield path, "python" if path.suffix == ".py" else "jinja2"


def extracted(feature: str) -> Catalog:
    """Return every text of a feature, without translations."""
    catalogue = Catalog(locale="ru", project="alumni-graphnet", charset="utf-8")
    for path, method in _sources(feature):
        found = extract_from_file(
            method,
            str(path),
            keywords=KEYWORDS,
            options={"trimmed": "true", "silent": "false"},
        )
        for _, message, _, context in found:
            if message and message != "":
                place = path.relative_to(ROOT.parent).as_posix()
                catalogue.add(message, None, [(place, None)], context=context)  # type: ignore[list-item]
    return catalogue


def update(feature: str) -> list[str]:
    """Rewrite one catalogue from its feature's texts; return those that are not translated yet."""
    path = CATALOGUES / f"{feature}.po"
    text, missing = _brought_up(feature, extracted(feature))
    path.parent.mkdir(parents=True, exist_ok=True)
    if text:
        path.write_text(text, encoding="utf-8")
    else:
        path.unlink(missing_ok=True)
    return missing


def _brought_up(feature: str, fresh: Catalog) -> tuple[str, list[str]]:
    """Return a catalogue's file as it should be, empty for none, and what is not translated yet."""
    path, base_path = CATALOGUES / f"{feature}.po", CATALOGUES / "base.po"
    known = read(path) if path.exists() else Catalog(locale="ru")
    base = read(base_path) if feature != "base" and base_path.exists() else Catalog(locale="ru")
    result = Catalog(locale="ru", project="alumni-graphnet", charset="utf-8", fuzzy=False)
    result.header_comment = f"# Russian texts of webapp/{feature}; see webapp/frame/i18n.py."
    missing = []
    for message in fresh:
        if not message.id or base.get(_key(message.id), message.context) is not None:
            continue
        old = known.get(_key(message.id), message.context)
        text = old.string if old is not None and not old.fuzzy else None
        result.add(message.id, text, message.locations, context=message.context)
        if not _translated(text):
            missing.append(_key(message.id))
    if not len(result):
        return "", []
    file = io.BytesIO()
    write_po(file, result, sort_output=True, include_lineno=False, omit_header=False, width=100)
    # The header's dates would make every update a change: they say nothing that git does not.
    kept = re.sub(
        r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By|Language-Team'
        r'|Report-Msgid-Bugs-To|Project-Id-Version)[^"]*\\n"\n',
        "",
        file.getvalue().decode("utf-8"),
        flags=re.MULTILINE,
    )
    return kept, missing


def _key(message_id: Any) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _translated(text: Any) -> bool:
    return bool(text) if isinstance(text, str) else bool(text) and all(text)


def problems() -> list[str]:
    """Return what is wrong with the catalogues, one sentence each; nothing if all is well."""
    found: list[str] = []
    seen: dict[tuple[str, str], tuple[Any, str]] = {}
    have: dict[str, Catalog] = {}
    for feature in features():
        path = CATALOGUES / f"{feature}.po"
        have[feature] = read(path) if path.exists() else Catalog(locale="ru")
        for message in have[feature]:
            if not message.id:
                continue
            if message.fuzzy:
                found.append(f"{feature}.po: fuzzy: {_key(message.id)!r}")
            key = (_key(message.id), message.context or "")
            if key in seen and _translated(message.string) and seen[key][0] != message.string:
                found.append(f"{feature}.po: {key[0]!r} has another text than in {seen[key][1]}.po")
            seen.setdefault(key, (message.string, feature))
    for feature in features():
        fresh, path = extracted(feature), CATALOGUES / f"{feature}.po"
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        if there != _brought_up(feature, fresh)[0]:
            found.append(
                f"{feature}.po: is behind its texts: python -m webapp.frame.i18n update {feature}"
            )
        for message in fresh:
            if not message.id:
                continue
            key_of = _key(message.id)
            for catalogue in (have[feature], have["base"]):
                entry = catalogue.get(key_of, message.context)
                if entry is not None and _translated(entry.string):
                    if isinstance(message.id, tuple) and len(entry.string or ()) != 3:
                        found.append(f"{feature}.po: Russian has three plural forms: {key_of!r}")
                    if wrong := _other_names(message.id, entry.string):
                        found.append(f"{feature}.po: {key_of!r} lacks or adds {wrong}")
                    break
            else:
                found.append(f"{feature}.po: no Russian text: {key_of!r}")
    return found


_PLACE = re.compile(r"%\((\w+)\)[sd]")


def _other_names(message_id: Any, text: Any) -> str:
    """Return the placeholders that only one of the two languages has."""
    english = message_id if isinstance(message_id, str) else message_id[-1]
    wanted = set(_PLACE.findall(english))
    for form in (text,) if isinstance(text, str) else text:
        if different := wanted ^ set(_PLACE.findall(form)):
            return ", ".join(sorted(different))
    return ""
