"""What somebody has written in a letter, without what they quote and without their signature.

Plain text where there is one, else HTML read as text. What is not understood of a letter's build is
read as well as it can be: a letter is never lost over its form.
"""

import re
from email.message import Message
from html.parser import HTMLParser

# The line that mail programs put above what they quote.
_ABOVE = re.compile(
    r"^(?:>\s*)?(?:"
    r"on\b.{4,200}\bwrote:|"
    r".{0,200}\bписал(?:а|\(а\))?\s?:|.{4,200}\bпишет:|.{4,200}\bнаписал(?:а|\(а\))?\s?:|"
    r"am\b.{4,200}\bschrieb.*:|le\b.{4,200}\ba écrit\s?:|"
    r"-{2,}\s*(?:original message|forwarded message|исходное сообщение|пересланное сообщение|"
    r"пересылаемое сообщение|оригинальное сообщение).*|"
    r"_{20,}"
    r")\s*$",
    re.IGNORECASE,
)
# Outlook quotes below a block of headers.
_HEADER = re.compile(r"^\*?(?:from|sent|to|subject|от|отправлено|дата|кому|тема|date)\*?\s?:", re.I)
_SIGNATURE = re.compile(r"^--\s?$")
_DEVICE = re.compile(
    r"^(?:sent from (?:my|the)\b.*|sent via\b.*|get outlook for\b.*|отправлено (?:с|из)\s.*|"
    r"отправлено через\b.*|--\s*отправлено\b.*)$",
    re.IGNORECASE,
)
_SKIPPED = frozenset({"script", "style", "head", "title", "blockquote"})
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table"})
_QUOTING = re.compile(
    r"gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|appendonsend|divRplyFwd"
)
_EMPTY = frozenset({"br", "img", "hr", "meta", "link", "input", "area", "base", "col", "wbr"})


class _Text(HTMLParser):
    """Collects the text of a page, but for what it quotes and what nobody reads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.parts.append("\n")
        if tag in _EMPTY:
            return
        named = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        style = next((value or "" for name, value in attrs if name == "style"), "")
        hidden = "display:none" in style.replace(" ", "").casefold()
        self._open.append((tag, tag in _SKIPPED or hidden or bool(_QUOTING.search(named))))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not any(skipped for _, skipped in self._open):
            self.parts.append(re.sub(r"\s+", " ", data))


def of_html(page: str) -> str:
    """Return a page of HTML as text, without what it quotes.

    Examples
    --------
    >>> of_html("<p>Yes,<br>on&nbsp;Friday</p><blockquote>When?</blockquote>")
    'Yes,\\non Friday'
    """
    reader = _Text()
    reader.feed(page)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def own_words(text: str) -> str:
    r"""Return a plain text without what it quotes and without its signature.

    Answers between quoted lines stay, the lines above them go.

    Examples
    --------
    >>> own_words("Yes\n\nOn Mon, 3 Nov 2025 at 10:00, Anna <a@x.org> wrote:\n> When?\n")
    'Yes'
    >>> own_words("> When?\nOn Friday\n> Where?\nIn the hall\n-- \nBoris")
    'On Friday\nIn the hall'
    """
    kept: list[str] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").split("\n")
    for n, line in enumerate(lines):
        plain = line.strip()
        following = [one.strip() for one in lines[n + 1 : n + 5]]
        if _SIGNATURE.match(line) or _ABOVE.match(plain) or _split_above(plain, following):
            if _answers_follow(lines[n + 1 :]) and not _SIGNATURE.match(line):
                continue
            break
        if _HEADER.match(plain) and sum(bool(_HEADER.match(one)) for one in following) >= 2:
            break
        if plain.startswith(">") or _DEVICE.match(plain):
            continue
        kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _everything(text: str) -> str:
    lines = (line.rstrip() for line in text.replace("\u00a0", " ").splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _split_above(line: str, following: list[str]) -> bool:
    """Return whether a line and the next are one line above a quotation, broken in two."""
    if not following or len(line) < 8:
        return False
    begins = re.match(r"^(?:on|am|le)\b|.*\d{4}.*", line, re.IGNORECASE) is not None
    quoted = any(one.startswith(">") for one in following[1:])
    return begins and quoted and _ABOVE.match(f"{line} {following[0]}") is not None


def _answers_follow(lines: list[str]) -> bool:
    """Return whether somebody has answered between the lines that they quote."""
    quoted = [n for n, line in enumerate(lines) if line.lstrip().startswith(">")]
    if not quoted:
        return False
    between = lines[quoted[0] : quoted[-1]]
    return any(line.strip() and not line.lstrip().startswith(">") for line in between)


def of_letter(letter: Message, *, whole: bool = False) -> tuple[str, list[str]]:
    """Return the own words of a letter, and the names of files that came with it.

    `whole` leaves what it quotes: who writes first passes on what somebody else has written.
    """
    plain: list[str] = []
    pages: list[str] = []
    files: list[str] = []
    for part in letter.walk():
        if part.is_multipart():
            continue
        kind, name = part.get_content_type(), part.get_filename()
        if part.get_content_disposition() == "attachment" or (name and kind != "text/plain"):
            files.append(str(name or kind))
        elif kind == "text/plain":
            plain.append(_decoded(part))
        elif kind == "text/html":
            pages.append(_decoded(part))
    words = _everything if whole else own_words
    text = words("\n".join(plain)) if any(one.strip() for one in plain) else ""
    if not text and pages:
        text = words("\n".join(of_html(page) for page in pages))
    return "".join(one for one in text if one in "\n\t" or one.isprintable()), files


def _decoded(part: Message) -> str:
    """Return the text of a part, by its charset or, where that is none, as it is most likely."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    for charset in (part.get_content_charset(), "utf-8", "cp1251"):
        try:
            if charset:
                return raw.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("utf-8", "replace")
