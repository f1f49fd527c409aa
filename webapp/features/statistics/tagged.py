"""A PDF whose pieces say what they are, so that it can be read aloud and read again (PDF/UA).

reportlab draws, and knows nothing of tags. It lets one write operators into a page and entries into
the catalogue: that is all that a tagged PDF takes. Every piece that is drawn is marked content with
a number; the structure tree beside it says of which heading, paragraph or cell it is a part. What
only adorns is an artifact.

References
----------
ISO 32000-1:2008, 14.7 (logical structure) and 14.8 (tagged PDF); ISO 14289-1:2014 (PDF/UA-1).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import XMP, PDFArray, PDFDictionary, PDFName, PDFString
from reportlab.pdfgen.canvas import Canvas

PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


class _Object(PDFDictionary):  # type: ignore[misc]
    """A dictionary that others name by its number, as all that is in a structure tree is."""

    __RefOnly__ = 1


@dataclass
class Element:
    """One element of the structure tree.

    Attributes
    ----------
    kind
        One of the standard types: Document, Sect, H1, H2, P, L, LI, LBody, Table, TR, TH, TD,
        Figure.
    told
        What is read out in its stead, for pictures.
    attributes
        Of its kind: {'O': '/Table', 'Scope': '/Column'}.
    kids
        Elements, and what was drawn: on which page, and its number there.
    """

    kind: str
    told: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    kids: "list[Element | tuple[int, int]]" = field(default_factory=list)


class TaggedCanvas(Canvas):  # type: ignore[misc]
    """Draw within `drawn` or `artifact`; `element` says what it is a part of.

    What is drawn after `turn` stands on the next page, in the elements that are open.
    """

    def __init__(self, file: Any, *, size: tuple[float, float], title: str, language: str) -> None:
        super().__init__(file, pagesize=size, lang=language, pdfVersion=(1, 7))
        self.setTitle(title)
        self.setViewerPreference("DisplayDocTitle", "true")
        self.root = Element("Document")
        self._open = [self.root]
        self._owners: list[list[Element]] = [[]]  # of what is drawn on each page
        packet = PACKET.format(title=escape(title), language=escape(language))
        self.setCatalogEntry("Metadata", XMP(creator=lambda document: packet.encode()))

    @contextmanager
    def element(self, kind: str, *, told: str = "", **attributes: Any) -> Iterator[Element]:
        """Let all that is drawn within be a part of a new element."""
        made = Element(kind, told, attributes)
        self._open[-1].kids.append(made)
        self._open.append(made)
        try:
            yield made
        finally:
            self._open.pop()

    @contextmanager
    def drawn(self) -> Iterator[None]:
        """Draw a piece of the element that is open."""
        owner, number = self._open[-1], len(self._owners[-1])
        owner.kids.append((len(self._owners) - 1, number))
        self._owners[-1].append(owner)
        self.addLiteral(f"/{owner.kind} <</MCID {number}>> BDC")
        yield
        self.addLiteral("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """Draw what only adorns: nothing reads it out."""
        self.addLiteral("/Artifact BMC")
        yield
        self.addLiteral("EMC")

    def turn(self) -> None:
        """Go on with the next page."""
        self.showPage()
        self._owners.append([])

    def finish(self) -> None:
        """End the page, tie the tree to the pages and write the file."""
        self.showPage()
        pages = [self._doc.Pages[number] for number in range(len(self._owners))]
        for number, page in enumerate(pages):
            # A page has no entry for this: all that reportlab writes of it stands in a list.
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number, PDFName("S")
        made: dict[int, _Object] = {}
        tree = _Object({"Type": PDFName("StructTreeRoot"), "ParentTreeNextKey": len(pages)})
        tree["K"] = PDFArray([_structure(self.root, tree, pages, made)])
        numbers: list[Any] = []
        for number, owners in enumerate(self._owners):
            numbers += [number, PDFArray([made[id(owner)] for owner in owners])]
        tree["ParentTree"] = _Object({"Nums": PDFArray(numbers)})
        self.setCatalogEntry("StructTreeRoot", tree)
        self.setCatalogEntry("MarkInfo", {"Marked": "true"})
        self.save()


def _structure(
    element: Element, parent: _Object, pages: list[Any], made: dict[int, _Object]
) -> _Object:
    entry = _Object({"Type": PDFName("StructElem"), "S": PDFName(element.kind), "P": parent})
    made[id(element)] = entry
    if element.told:
        entry["Alt"] = PDFString(element.told)
    if element.attributes:
        entry["A"] = PDFDictionary(element.attributes)
    here = next((kid[0] for kid in element.kids if isinstance(kid, tuple)), 0)
    entry["Pg"] = pages[here]
    entry["K"] = PDFArray([_kid(kid, entry, pages, here, made) for kid in element.kids])
    return entry


def _kid(
    kid: Element | tuple[int, int],
    entry: _Object,
    pages: list[Any],
    here: int,
    made: dict[int, _Object],
) -> Any:
    """Return an element, or what was drawn: by its number, with its page where that is another."""
    if isinstance(kid, Element):
        return _structure(kid, entry, pages, made)
    page, number = kid
    if page == here:
        return number
    return PDFDictionary({"Type": PDFName("MCR"), "Pg": pages[page], "MCID": number})
