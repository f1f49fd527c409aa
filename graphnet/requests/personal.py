"""What requests hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding
from graphnet.requests import joining


def register(core: Core) -> None:
    """Bring what requests hold of a person."""
    words = ("kind", "status", "at", "due_at", "subject", "text", "answer", "contact",
             "closed_at", "answers")  # fmt: skip
    core.nobodys("RequestKind", why="the Association's own words, to everybody who asks")
    core.nobodys("ReceivedLetter", why="a hash of a letter's Message-ID, gone after 90 days")
    core.personal(
        Holding(
            "RequestEntry",
            "IN",
            through="-[:ASKED]->(:Request)",
            what="requests",
            narrowed="n.kind <> 'note'",
            shows=("kind", "text", "by", "at"),
        ),
        Holding(
            "RequestEntry",
            "IN",
            through="-[:ASKED]->(:Request)",
            what="requests",
            secret=True,
        ),
        Holding(
            "RequestEntry",
            "IN",
            through="<-[:FOR]-(:Request)",
            what="requests",
            fate="emptied",
            anothers=True,
            empties=("text",),
            shows=("kind", "at"),
        ),
        Holding(
            "RequestEntry",
            "BY",
            what="requests",
            fate="untied",
            shows=("kind", "at"),
        ),
        Holding(
            "Referral",
            "OF",
            through="-[:ASKED]->(:Request)",
            what="requests",
            shows=("text", "at"),
        ),
        Holding(
            "Referral",
            "TO",
            what="requests",
            shows=("state", "at", "until", "answered_at"),
        ),
        Holding(
            "Request",
            "ASKED",
            what="requests",
            shows=words,
            act=lambda transaction, gone: joining.free(transaction, gone.key),
        ),
        # Before the request itself: it is found by the address that goes with that.
        Holding(
            "RequestEntry",
            what="requests",
            found="MATCH (n:RequestEntry)-[:IN]->(r:Request) WHERE r.visitor IN $traces",
            fate="emptied",
            anothers=True,
            empties=("text",),
            shows=("kind", "at"),
        ),
        Holding(
            "Request",
            what="requests",
            found="MATCH (n:Request) WHERE n.visitor IN $traces",
            fate="emptied",
            anothers=True,
            empties=("subject", "text", "answer", "contact", "answers", "visitor"),
            shows=("kind", "subject", "text", "at"),
        ),
        Holding(
            "Enquiry",
            what="requests",
            found="MATCH (n:Enquiry) WHERE n.email_key IN $traces",
            shows=("kind", "subject", "text", "at"),
        ),
        Holding(
            "Request",
            "FOR",
            what="requests",
            fate="emptied",
            anothers=True,
            empties=("subject", "text", "answer", "contact", "answers"),
            shows=("kind", "at"),
        ),
    )
