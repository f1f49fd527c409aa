"""What every text passes through on its way in: invisible characters, spaces, Unicode's forms."""

import re
import unicodedata

# Zero-width characters, marks of direction, soft hyphens, byte order marks, control characters.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
# Emoji are joined by a zero-width joiner: it stays between signs that are no letters.
_JOINER = re.compile(
    r"(?<=[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f])\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff])"
)
_SPACES = re.compile(r"[^\S\r\n]+")
_PLAIN = re.compile(r"[ -~А-яЁё]*")


def clean_text(text: str) -> str:
    """Return a text without what cannot be seen: NFC, plain spaces, none at the ends.

    Line breaks stay, as one sign. Texts of plain letters pass quickly.

    Examples
    --------
    >>> clean_text("101\\xa0"), clean_text("Му\\u0438\\u0306\\u200bка")
    ('101', 'Муйка')
    """
    if _PLAIN.fullmatch(text) and "  " not in text:
        return text.strip()
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = _JOINER.sub("\ue000", text)
    kept = _INVISIBLE.sub("", kept).replace("\ue000", "\u200d")
    return _SPACES.sub(" ", kept).strip()
