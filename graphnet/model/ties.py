"""The types of tie, what one of each says, and which labels it joins."""

from typing import LiteralString

# tie type: its properties. `run` is the number of the ImportRun that made the tie, if one did.
TIES: dict[LiteralString, tuple[LiteralString, ...]] = {
    "HAS": ("run",),
    "LIVES_IN": ("from_year", "to_year", "source", "run", "ended"),
    "LOCATED_IN": ("run",),
    "FROM": ("hash",),
    "ABOUT": ("run",),
    "GAVE": ("run",),
    "PART_OF": ("from_year", "to_year", "run"),
    "BECAME": ("year", "run"),
    "OF": ("run",),
    "CALLED": ("academic_year", "term", "run"),
    "CONTINUES_AS": ("academic_year", "run"),
    "STUDIED_IN": ("from_term", "to_term", "role", "how", "confidence", "source", "run"),
    "COMPLETED": ("level", "programme", "year", "diploma", "source", "run"),
    "SUPERVISED_BY": ("source", "run"),
    "WORKED_AT": ("role", "from_year", "to_year", "source", "run"),
    "KNOWS": ("since", "strength", "observed_at", "source", "run"),
    "MEMBER_OF": ("role", "since", "source", "run", "seen"),
    "BY": ("run",), "FOR": ("run",), "IN": ("run",), "HELD_BY": ("run",),
    "WORKS_ON": ("role", "since", "run"), "KEEPS_BOOKS": ("role", "since", "by", "ended_at"),
    "INTERESTED_IN": ("weight", "source", "run", "at"),
    "OFFERS": ("weight", "source", "run", "at", "ways"),
    "NEEDS": ("weight", "source", "run", "at", "ways"),
    "ASKED": ("run",),
    "TO": ("run",),
    "DISMISSED": ("run",),
    "SAW": (),
    "NOT_INTERESTED_IN": ("at",),
    "OFFERED_HELP": ("at",),
    "ASKS": ("run",),
    "NAMED": ("how", "source", "confidence", "known", "at"),
    "THROUGH": ("run",),
    "NAMES": ("run",),
    "SAID": ("answer", "at", "run"),
    "NOMINATED": ("at",),
    "JUROR_OF": ("at", "asked_at", "agreed_at"),
    "ASSIGNED": ("at",),
    "CONFLICTED": ("at", "reason"),
    "MAY_VOTE": ("took", "claim"),
    "AWARDED_AT": (),
    "CHOSE": ("place", "alone", "alone_error", "cells", "fixed"),
    "FIXED": (), "BARRED": (), "FOLLOWS": (),
    "BLOCKED": ("at",),
    # Numbers of messages: `since` and `until` bound what one reads, `seen` and `told` say how far
    # one has read, and how far one was written to about it.
    "TAKES_PART": ("role", "since", "until", "seen", "told", "muted", "at"),
    "MERGED_INTO": ("at", "merged"),
    "SET_ASIDE": ("type", "outgoing", "said", "merged"),
    "INVITES": (),
    # Of reunions: whom one is for, who makes it, on which days somebody can.
    "GATHERS": ("chosen",),
    "ORGANISES": ("role", "at", "thanked_at"),
    "CAN": ("answer", "at"),
    # Of money: the account that a transfer leaves, and the one that it reaches.
    "OUT_OF": (),
    "INTO": (),
    "JOINED_TO": ("at", "by"), "SPLIT_FROM": ("at",), "ANSWERS": (),
}  # fmt: skip


def _ends(
    starts: LiteralString, ends: LiteralString
) -> tuple[tuple[LiteralString, LiteralString], ...]:
    return tuple((start, end) for start in starts.split() for end in ends.split())


# tie type: the labels that it joins, (from, to). A ballot is tied to its contest and to nothing
# else: what all ballots of a season have in common says nothing about who cast one.
TIE_ENDS: dict[LiteralString, tuple[tuple[LiteralString, LiteralString], ...]] = {
    "HAS": _ends("Person", "ContactPoint Digest AmbassadorAsk"),
    "LIVES_IN": _ends("Person", "Place"),
    "LOCATED_IN": _ends("Organisation Unit Event Group Place Business", "Place"),
    "FROM": _ends(
        "Record ContactPoint Group Event Project GroupCode Account Place Consent Unit Cohort "
        "StudyGroup Organisation Festival Registration Pledge Receipt Refund Expense Topic News "
        "Service Request Dismissal",
        "ImportRun",
    ),
    "ABOUT": _ends("Event Group Project Service News Request Business", "Topic")
    + _ends("PassOn", "Person Organisation Place Topic")
    + _ends("Record Evidence", "Person")
    + _ends("Request", "Contest"),
    "GAVE": _ends("Person", "Consent NeverAsk"),
    "PART_OF": _ends("Unit", "Unit") + _ends("Place", "Place"),
    "BECAME": _ends("Unit", "Unit") + _ends("Reunion", "Event") + _ends("Group", "Group"),
    "OF": _ends("Cohort StudyGroup Group", "Unit")
    + _ends("StudyGroup Group", "Cohort")
    + _ends("Correction StatedStudy ContactProof Photo DeathNote CalendarFeed", "Person")
    + _ends("JournalEntry SurveyRefusal EventLetterRefusal", "Person")
    + _ends("Membership MemberCard Badge EventRole Business", "Person")
    + _ends("EventRole", "Business")
    + _ends("Perk", "Partner")
    + _ends("SecondFactor Passkey Identity", "Account")
    + _ends("Account Ask Claim Double Evidence Nomination PseudonymKey ReunionTask", "Person")
    + _ends("Handing", "PassOn")
    + _ends("Referral", "Request")
    + _ends("Announcement SeasonArchive", "Contest")
    + _ends("SetAside", "MergedPerson"),
    "CALLED": _ends("StudyGroup", "GroupCode"),
    "CONTINUES_AS": _ends("StudyGroup", "StudyGroup"),
    "STUDIED_IN": _ends("Person", "StudyGroup Cohort Unit"),
    "COMPLETED": _ends("Person", "Unit"),
    "SUPERVISED_BY": _ends("Person", "Person"),
    "WORKED_AT": _ends("Person", "Organisation"),
    "KNOWS": _ends("Person", "Person"),
    "MEMBER_OF": _ends("Person", "Group"),
    "BY": _ends(
        "Registration Pledge Receipt Refund Expense Handing Invitation JuryScore Letter Message"
        " RequestEntry DoorLink Feedback SurveyAnswer ReunionInvitation PerkCode Transfer"
        " HelpOffer MembershipRequest Post EventChange BankEntry",
        "Person",
    ),
    "FOR": _ends(
        "Registration DoorLink Feedback EventLetter EventTelling EventChange EventRole", "Event"
    )
    + _ends("PerkCode", "Perk")
    + _ends("Perk", "Unit")
    + _ends("Pledge Receipt Refund Expense", "Project")
    + _ends("ProjectNeed Milestone ProjectNews TeamInvitation MoneyAccount", "Project")
    + _ends("HelpOffer", "ProjectNeed")
    + _ends("BankEntry", "BankStatement")
    + _ends("Request", "Unit Organisation Person Group Project Event Service StudyGroup Reunion")
    + _ends("ReunionInvitation ReunionDate ReunionCost ReunionTask", "Reunion")
    + _ends("Invitation Claim", "StudyGroup")
    + _ends("OneTimeLink RecoveryCode", "Account")
    + _ends("JuryScore Letter", "Nomination"),
    "IN": _ends("Event FestivalVersion", "Festival")
    + _ends("Nomination Ballot Award", "Contest")
    + _ends("AmbassadorAsk", "AmbassadorPlan")
    + _ends("StatedStudy", "StudyGroup Unit")
    + _ends("Message", "Conversation")
    + _ends("Post", "Group")
    + _ends("RequestEntry", "Request")
    + _ends("SurveyAsk SurveyAnswer", "Survey"),
    "HELD_BY": _ends("Event", "Group Unit Organisation")
    + _ends("RequestKind", "Unit")
    + _ends("Project", "Group Unit")
    + _ends("Festival Service", "Unit")
    + _ends("Session", "Account"),
    "WORKS_ON": _ends("Person", "Project"),
    "KEEPS_BOOKS": _ends("Person", "Project"),
    "INTERESTED_IN": _ends("Person", "Topic"),
    "OFFERS": _ends("Person", "Topic"),
    "NEEDS": _ends("Person", "Topic"),
    "ASKED": _ends("Person", "Request PassOn ContactRequest Reunion"),
    "TO": _ends(
        "Refund Handing ContactRequest SurveyAsk ReunionInvitation Referral EventLetter"
        " TeamInvitation",
        "Person",
    )
    + _ends("Award", "Nomination")
    + _ends("Contribution", "Event Project Group")
    + _ends("MembershipRequest", "Group"),
    "DISMISSED": _ends("Person", "Dismissal"),
    "SAW": _ends("Person", "Impression"),
    "NOT_INTERESTED_IN": _ends("Person", "Topic"),
    "OFFERED_HELP": _ends("Person", "Request"),
    "ASKS": _ends("RecoveryPlan", "Ask"),
    "NAMED": _ends("Ask", "Person"),
    "THROUGH": _ends("Claim", "Invitation"),
    "NAMES": _ends("Claim Registration", "Person"),
    "SAID": _ends("Person", "Claim"),
    "NOMINATED": _ends("Person", "Nomination"),
    "JUROR_OF": _ends("Person", "Contest"),
    "ASSIGNED": _ends("Person", "Nomination"),
    "CONFLICTED": _ends("Person", "Nomination"),
    "MAY_VOTE": _ends("Person", "Contest"),
    "AWARDED_AT": _ends("Contest", "Event"),
    "CHOSE": _ends("AmbassadorPlan", "Person"),
    "FIXED": _ends("AmbassadorPlan", "Person"),
    "BARRED": _ends("AmbassadorPlan", "Person"),
    "FOLLOWS": _ends("AmbassadorPlan", "AmbassadorPlan"),
    "BLOCKED": _ends("Person", "Person"),
    "TAKES_PART": _ends("Person", "Conversation"),
    "MERGED_INTO": _ends("MergedPerson", "Person"),
    # Whom an event is for, where it is for some members only.
    "INVITES": _ends("Event", "Group Cohort StudyGroup"),
    "OUT_OF": _ends("Transfer", "MoneyAccount"),
    "INTO": _ends("Transfer", "MoneyAccount"),
    "GATHERS": _ends("Reunion Group", "StudyGroup Cohort"),
    "ORGANISES": _ends("Person", "Reunion"),
    "CAN": _ends("Person", "ReunionDate"),
    # Of requests: one that asks the same as another, one that was a part of another.
    "JOINED_TO": _ends("Request", "Request"),
    "SPLIT_FROM": _ends("Request", "Request"),
    "ANSWERS": _ends("Post", "Post"),
}

# Ties that can join a person to something: they move when two people are joined, and say with which
# of these they came (`merged`, the newest last), so that each can go back.
for _type, _joined in TIE_ENDS.items():
    if _type != "MERGED_INTO" and any("Person" in pair for pair in _joined):
        TIES[_type] = (*TIES[_type], "merged")
_joined_labels = {
    label for pairs in TIE_ENDS.values() for pair in pairs if "Person" in pair for label in pair
}
TIE_ENDS["SET_ASIDE"] = _ends("MergedPerson", " ".join(sorted(_joined_labels - {"MergedPerson"})))
