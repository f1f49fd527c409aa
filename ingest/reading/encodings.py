"""In which encoding a file was written: by its mark, by being valid, by what its letters look like.

A Russian text in a wrong one-byte encoding is full of rare letters and of capitals within words;
a German one read as Russian mixes two alphabets within words.
"""

import codecs
import re
from collections import Counter

from ingest.reading.tables import Note, note

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ONE_BYTE = ("cp1251", "koi8-r", "cp866", "mac-cyrillic", "cp1252")
NAMES = {"cp1251": "windows-1251", "cp1252": "windows-1252", "cp866": "CP866", "koi8-r": "KOI8-R"}
SAMPLE = 400_000
_USUAL = "оеаинтсрвлкмдпуяыгзбчйхжьюшцщэфъё"
_WORD = re.compile(r"[^\W\d_]+")


def readable_name(encoding: str) -> str:
    """Return the name of an encoding as people know it."""
    return NAMES.get(encoding, encoding.upper().replace("-SIG", ""))


def decode(data: bytes) -> tuple[str, str, list[Note]]:
    """Return the text of a file, its encoding, and why that one."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            notes = [note("encoding by mark", encoding=readable_name(encoding))]
            return text, encoding, notes + undecodable(text, encoding)
    if wide := _wide(data):
        return data.decode(wide, "replace"), wide, [note("encoding valid", encoding=wide.upper())]
    try:
        return data.decode("utf-8"), "utf-8", [note("encoding valid", encoding="UTF-8")]
    except UnicodeDecodeError as problem:
        # One broken byte in a long UTF-8 file does not make another encoding of it.
        lenient = data.decode("utf-8", "replace")
        broken = lenient.count("\ufffd")
        high = len(_MULTIBYTE.findall(data))
        if broken * 20 < high or (broken < 4 and problem.start >= len(data) - 4):
            return lenient, "utf-8", [
                note("encoding valid", encoding="UTF-8"), *undecodable(lenient, "utf-8"),
            ]  # fmt: skip
    sample = data[:SAMPLE]
    ranked = sorted(ONE_BYTE, key=lambda e: -likeliness(sample.decode(e, "replace")))
    text = data.decode(ranked[0], "replace")
    why = note(
        "encoding likely", encoding=readable_name(ranked[0]), second=readable_name(ranked[1])
    )
    return text, ranked[0], [why, *undecodable(text, ranked[0])]


_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


def undecodable(text: str, encoding: str) -> list[Note]:
    """Return a note if some bytes are not of that encoding."""
    count = text.count("\ufffd")
    return [note("undecodable", count=count, encoding=readable_name(encoding))] if count else []


def _wide(data: bytes) -> str:
    """Return UTF-16 with its order of bytes where every other byte is of few kinds."""
    sample = data[:4000]
    if len(sample) < 8 or len(data) % 2 or b"\x00" not in sample:
        return ""
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if sum(byte in (0x00, 0x04, 0x20) for byte in high) > 0.95 * len(high):
            return encoding
    return ""


def likeliness(text: str) -> float:
    """Return how much a text looks like words that people write; higher is better."""
    score = 0.0
    letters = Counter(c for c in text if c > "\x7f")
    total = sum(letters.values()) or 1
    for letter, count in letters.items():
        place = _USUAL.find(letter.lower())
        worth = 1.0 - place / 40 if place >= 0 else 0.55 if _latin(letter) else -1.0
        score += worth * count / total
    odd = 0
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    for word in words:
        latin = sum(_latin(c) for c in word)
        if 0 < latin < len(word) or not (word.islower() or word.isupper() or word.istitle()):
            odd += 1
    return score - 2.0 * odd / max(1, len(words))


def _latin(letter: str) -> bool:
    return letter < "\u0250" and letter.isalpha()
