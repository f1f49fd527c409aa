"""What becomes of each kind of tie when two people are joined; one rule for every kind there is.

The kinds are the model's: a new one without a rule is a failing test. From the rules the queries of
`merge` and `undo` are made, out of literal pieces of the model only.

MOVES: it is the survivor's from now on. ONCE: the same, but where the survivor has one to the same
thing (and of the same date, where several are usual) only the survivor's stays, and the other is
set aside, like what joins the two to each other.
"""

from dataclasses import dataclass
from typing import LiteralString

from graphnet.model import TIE_ENDS

MOVES, ONCE = "moves", "once"

# Rules by (from, type, to).
RULES: dict[tuple[str, str, str], str] = {
    ("Person", "HAS", "ContactPoint"): MOVES,
    ("Person", "HAS", "Digest"): MOVES,
    ("Person", "HAS", "AmbassadorAsk"): MOVES,
    ("Person", "LIVES_IN", "Place"): ONCE,
    ("PassOn", "ABOUT", "Person"): ONCE,
    ("Record", "ABOUT", "Person"): MOVES,
    ("Evidence", "ABOUT", "Person"): ONCE,
    ("Person", "GAVE", "Consent"): MOVES,
    ("Person", "GAVE", "NeverAsk"): MOVES,
    ("Account", "OF", "Person"): MOVES,
    ("Ask", "OF", "Person"): MOVES,
    ("Claim", "OF", "Person"): MOVES,
    ("Correction", "OF", "Person"): MOVES,
    ("StatedStudy", "OF", "Person"): MOVES,
    ("ContactProof", "OF", "Person"): MOVES,
    ("Photo", "OF", "Person"): MOVES,
    ("DeathNote", "OF", "Person"): MOVES,
    ("CalendarFeed", "OF", "Person"): MOVES,
    ("JournalEntry", "OF", "Person"): MOVES,
    ("SurveyRefusal", "OF", "Person"): MOVES,
    ("EventLetterRefusal", "OF", "Person"): MOVES,
    ("Membership", "OF", "Person"): MOVES,
    ("MemberCard", "OF", "Person"): MOVES,
    ("Badge", "OF", "Person"): MOVES,
    ("EventRole", "OF", "Person"): MOVES,
    ("Business", "OF", "Person"): MOVES,
    ("Double", "OF", "Person"): ONCE,
    ("Evidence", "OF", "Person"): MOVES,
    ("Nomination", "OF", "Person"): MOVES,
    ("PseudonymKey", "OF", "Person"): MOVES,
    ("Person", "STUDIED_IN", "StudyGroup"): ONCE,
    ("Person", "STUDIED_IN", "Cohort"): ONCE,
    ("Person", "STUDIED_IN", "Unit"): ONCE,
    ("Person", "COMPLETED", "Unit"): ONCE,
    ("Person", "SUPERVISED_BY", "Person"): ONCE,
    ("Person", "WORKED_AT", "Organisation"): ONCE,
    ("Person", "KNOWS", "Person"): ONCE,
    ("Person", "MEMBER_OF", "Group"): ONCE,
    ("Registration", "BY", "Person"): MOVES,
    ("Pledge", "BY", "Person"): MOVES,
    ("Receipt", "BY", "Person"): MOVES,
    ("Refund", "BY", "Person"): MOVES,
    ("Expense", "BY", "Person"): MOVES,
    ("Transfer", "BY", "Person"): MOVES,
    ("BankEntry", "BY", "Person"): MOVES,
    ("HelpOffer", "BY", "Person"): MOVES,
    ("TeamInvitation", "TO", "Person"): MOVES,
    ("Handing", "BY", "Person"): MOVES,
    ("Invitation", "BY", "Person"): MOVES,
    ("JuryScore", "BY", "Person"): MOVES,
    ("Letter", "BY", "Person"): MOVES,
    ("Message", "BY", "Person"): MOVES,
    ("RequestEntry", "BY", "Person"): MOVES,
    ("DoorLink", "BY", "Person"): MOVES,
    ("Feedback", "BY", "Person"): MOVES,
    ("MembershipRequest", "BY", "Person"): MOVES,
    ("Post", "BY", "Person"): MOVES,
    ("SurveyAnswer", "BY", "Person"): MOVES,
    ("SurveyAsk", "TO", "Person"): MOVES,
    ("EventLetter", "TO", "Person"): MOVES,
    ("ReunionInvitation", "TO", "Person"): MOVES,
    ("ReunionInvitation", "BY", "Person"): MOVES,
    ("ReunionTask", "OF", "Person"): MOVES,
    ("Person", "ASKED", "Reunion"): ONCE,
    ("Person", "ORGANISES", "Reunion"): ONCE,
    ("Person", "CAN", "ReunionDate"): ONCE,
    ("PerkCode", "BY", "Person"): MOVES,
    ("EventChange", "BY", "Person"): MOVES,
    ("Request", "FOR", "Person"): ONCE,
    ("Person", "WORKS_ON", "Project"): ONCE,
    ("Person", "KEEPS_BOOKS", "Project"): ONCE,
    ("Person", "INTERESTED_IN", "Topic"): ONCE,
    ("Person", "OFFERS", "Topic"): ONCE,
    ("Person", "NEEDS", "Topic"): ONCE,
    ("Person", "ASKED", "Request"): ONCE,
    ("Person", "ASKED", "PassOn"): ONCE,
    ("Person", "ASKED", "ContactRequest"): MOVES,
    ("ContactRequest", "TO", "Person"): MOVES,
    ("Person", "BLOCKED", "Person"): ONCE,
    ("Person", "TAKES_PART", "Conversation"): ONCE,
    ("Refund", "TO", "Person"): MOVES,
    ("Handing", "TO", "Person"): MOVES,
    ("Referral", "TO", "Person"): MOVES,
    ("Person", "DISMISSED", "Dismissal"): MOVES,
    ("Person", "SAW", "Impression"): MOVES,
    ("Person", "NOT_INTERESTED_IN", "Topic"): ONCE,
    ("Person", "OFFERED_HELP", "Request"): ONCE,
    ("Ask", "NAMED", "Person"): ONCE,
    ("Claim", "NAMES", "Person"): ONCE,
    ("Registration", "NAMES", "Person"): ONCE,
    ("Person", "SAID", "Claim"): ONCE,
    ("Person", "NOMINATED", "Nomination"): ONCE,
    ("Person", "JUROR_OF", "Contest"): ONCE,
    ("Person", "ASSIGNED", "Nomination"): ONCE,
    ("Person", "CONFLICTED", "Nomination"): ONCE,
    ("Person", "MAY_VOTE", "Contest"): ONCE,
    ("AmbassadorPlan", "CHOSE", "Person"): ONCE,
    ("AmbassadorPlan", "FIXED", "Person"): ONCE,
    ("AmbassadorPlan", "BARRED", "Person"): ONCE,
    ("MergedPerson", "MERGED_INTO", "Person"): MOVES,
    ("MergedPerson", "SET_ASIDE", "Person"): MOVES,
}

# Of these types two ties to one thing are two facts if these differ.
DATES: dict[str, LiteralString] = {
    "STUDIED_IN": "from_term",
    "COMPLETED": "year",
    "WORKED_AT": "from_year",
    "LIVES_IN": "from_year",
}


@dataclass(frozen=True)
class Kind:
    """One kind of tie, seen from the person: its queries.

    All take ``$gone`` and ``$stays``, keys of people, or ``$merge``, the merge's id.
    """

    type: LiteralString
    label: LiteralString
    outgoing: bool
    rule: str

    @property
    def _out(self) -> tuple[LiteralString, LiteralString]:
        return ("-", "->") if self.outgoing else ("<-", "-")

    def _to(self, tie: LiteralString) -> LiteralString:
        """Return the tie as it is drawn from a person on, to the thing `x` at its other end."""
        left, right = self._out
        return left + "[" + tie + ":" + self.type + "]" + right + "(x"

    @property
    def _each(self) -> LiteralString:
        """Return the tie from a person on to a thing of that label."""
        return self._to("t") + ":" + self.label + ")"

    @property
    def set_aside(self) -> LiteralString:
        """One row: how many ties the survivor has already, or has to themselves."""
        date = DATES.get(self.type)
        same: LiteralString = (
            "coalesce(s." + date + ", -1) = coalesce(t." + date + ", -1)" if date else "true"
        )
        # Who knows whom has no direction; what was supervised has.
        there: LiteralString = (
            "(:Person {key: $stays})-[s:KNOWS]-(x)"
            if self.type == "KNOWS"
            else "(:Person {key: $stays})" + self._to("s") + ")"
        )
        themselves: LiteralString = "x.key = $stays OR " if self.label == "Person" else ""
        outgoing: LiteralString = "true" if self.outgoing else "false"
        return (
            "MATCH (b:Person {key: $gone})"
            + self._each
            + "\nWHERE "
            + themselves
            + "EXISTS { MATCH "
            + there
            + " WHERE "
            + same
            + " }\nCREATE (b)-[n:SET_ASIDE]->(x)\n"
            "SET n = properties(t), n.type = '"
            + self.type
            + "', n.outgoing = "
            + outgoing
            + "\nDELETE t RETURN count(n) AS n"
        )

    @property
    def move(self) -> LiteralString:
        """One row: how many ties are the survivor's from now on."""
        return (
            "MATCH (b:Person {key: $gone})"
            + self._each
            + "\nWITH t, x SKIP 0 MATCH (a:Person {key: $stays})\nCREATE (a)"
            + self._to("n")
            + ")\n"
            "SET n = properties(t), n.merged = coalesce(t.merged, []) + $merge\n"
            "DELETE t RETURN count(n) AS n"
        )

    @property
    def back(self) -> LiteralString:
        """One row: how many ties go back to whom they came with, as they are now."""
        return (
            "MATCH (a:Person {key: $stays})" + self._each + "\nWHERE last(t.merged) = $merge\n"
            "WITH t, x SKIP 0 MATCH (b:Person {key: $gone})\nCREATE (b)"
            + self._to("n")
            + ")\nSET n = properties(t), n.merged = CASE WHEN size(t.merged) > 1 "
            "THEN t.merged[..-1] END\nDELETE t RETURN count(n) AS n"
        )

    @property
    def restore(self) -> LiteralString:
        """One row: how many ties that were set aside stand again."""
        outgoing: LiteralString = "true" if self.outgoing else "false"
        return (
            "MATCH (b:Person {key: $gone})-[t:SET_ASIDE]->(x:"
            + self.label
            + ")\nWHERE t.type = '"
            + self.type
            + "' AND t.outgoing = "
            + outgoing
            + "\nCREATE (b)"
            + self._to("n")
            + ")\n"
            "SET n = properties(t), n.type = null, n.outgoing = null DELETE t "
            "RETURN count(n) AS n"
        )

    @property
    def counted(self) -> LiteralString:
        """One row: how many the survivor has, and how many of them came with the other."""
        return (
            "MATCH (:Person {key: $stays})" + self._each + "\nRETURN count(t) AS n, "
            "count(CASE WHEN last(t.merged) = $merge THEN 1 END) AS came LIMIT 1"
        )

    @property
    def queries(self) -> dict[str, LiteralString]:
        """Every query that is made of it, for the test that explains them."""
        made = {"move": self.move, "back": self.back, "counted": self.counted}
        if self.rule == ONCE:
            made |= {"set_aside": self.set_aside, "restore": self.restore}
        return made


def kinds() -> list[Kind]:
    """Return every kind of tie that can join a person to something, from both its ends.

    Raises
    ------
    KeyError
        If the model has a kind of tie that has no rule.
    """
    found = []
    for type_, pairs in TIE_ENDS.items():
        for start, end in pairs:
            if start == "Person":
                found.append(Kind(type_, end, True, RULES[start, type_, end]))
            if end == "Person":
                found.append(Kind(type_, start, False, RULES[start, type_, end]))
    return found
