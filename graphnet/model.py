"""The words of the graph: labels, tie types, property names; and frozen dataclasses made of them.

Everything that a query may name stands in `NODES` and `TIES`; `schema.py` makes each name known to
Neo4j, so that a misspelt one is a warning there, and a failing test here. Times are aware UTC.

A *term* is half an academic year as one integer: ``2 * year`` for the autumn of the academic year
that starts in ``year``, ``2 * year + 1`` for its spring. Autumn 1998 is 3996, spring 1999 is 3997.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

# label: its properties. The first is the one that identifies a node, unique by constraint.
NODES: dict[LiteralString, tuple[LiteralString, ...]] = {
    "Person": (
        "id", "key", "given_name", "patronymic", "family_name", "former_names", "name_key",
        "latin_name", "gender", "language", "about", "visibility", "audiences", "quarantined",
        "died_on", "died_precision", "memorial", "last_answer_at", "born_on", "created_at",
        "languages", "confirmed", "removed_contacts", "notices", "notices_at",
    ),
    "Alumnus": (),
    "ContactPoint": ("id", "kind", "value", "value_key", "verified_at", "bounced_at", "source",
                     "soft_bounces"),
    "Place": ("id", "name", "name_ru", "kind", "latitude", "longitude"),
    # What was changed of a person: the field's former and new value as JSON, by whom, told by whom.
    "Correction": ("id", "field", "before", "after", "at", "by", "role", "source", "told_by",
                   "seen_at", "undone_at", "undone_by"),
    # What somebody says they studied, until staff have confirmed it: nothing follows from it.
    "StatedStudy": ("id", "at", "from_year", "to_year", "level", "programme"),
    # An address that its owner has yet to confirm by the link that went to it.
    "ContactProof": ("id", "value", "value_key", "at", "expires_at", "token_hash"),
    "Photo": ("id", "at", "sum", "side"),
    "DeathNote": ("id", "state", "died_on", "precision", "memorial", "told_by", "source", "at",
                  "by", "confirmed_at", "confirmed_by", "ended_at", "ended_by", "account"),
    "Record": ("id", "origin", "source", "file", "row", "fields", "mapped", "hash", "gave",
               "gone_at", "gone", "missed", "withdrew"),
    "ImportRun": (
        "id", "number", "source", "mapping", "mapping_hash", "started_at", "finished_at", "state",
        "progress", "ground", "ground_by", "ground_at", "imported_by", "read", "written",
        "skipped", "rejected", "report",
    ),
    # Files that staff have loaded up, and what a sender's last file was read as.
    "Upload": ("id", "at", "by", "state", "files", "choices", "progress", "problem", "done"),
    "Recipe": ("id", "name", "columns", "reading", "at", "by"),
    # Two people who may be one: what speaks for it, who looks at it now, what was decided.
    "Double": ("id", "odds", "evidence", "state", "at", "lease_until", "lease_by", "decided_at",
               "decided_by", "ended_at", "merge", "source"),
    # Somebody who was joined with another: all that they were, so that it can be undone.
    "MergedPerson": (
        "id", "key", "given_name", "patronymic", "family_name", "former_names", "name_key",
        "latin_name", "gender", "language", "about", "visibility", "audiences", "quarantined",
        "died_on", "died_precision", "memorial", "last_answer_at", "born_on", "created_at",
        "languages", "confirmed", "removed_contacts", "notices", "notices_at", "merge",
        "merged_at", "merged_by", "alumnus", "filled", "before", "chosen",
    ),
    # A thing that may be there once for a person, of somebody who was joined with its other owner.
    "SetAside": ("id", "was"),
    "Consent": ("id", "purpose", "state", "text_version", "at", "channel"),
    "Unit": ("id", "kind", "name", "name_ru", "code", "from_year", "to_year", "desk_email",
             "desk_language"),
    "Cohort": ("id", "programme", "programme_ru", "level", "form", "intake_year"),
    "StudyGroup": ("id", "name"),
    "GroupCode": ("text",),
    "Organisation": ("id", "name", "name_key", "kind", "industry"),
    "Group": ("id", "key", "name", "name_ru", "kind", "description", "description_ru",
              "visibility", "created_at", "entry", "state", "version", "audience", "chat_url",
              "links", "notice", "changed_at", "archived_at"),
    # Somebody asks a community, is invited by it, or was put out; and what is said in it.
    "MembershipRequest": ("id", "kind", "state", "text", "answer", "at", "decided_at"),
    "Post": ("id", "text", "at", "edited_at", "removed_at", "reason"),
    "Event": (
        "id", "key", "title", "title_ru", "description", "description_ru", "kind", "starts_at",
        "ends_at", "time_zone", "venue", "capacity", "visibility", "cancelled_at", "created_at",
        "state", "audience", "version", "sequence", "scale", "map_url", "online_url",
        "outside_url", "price", "reserve", "opens_at", "closes_at", "guests", "whole_only",
        "offer_hours", "questions", "materials", "notice", "changed_at", "moved_from",
        "invites_year", "invites_code", "track", "hall", "planned",
    ),
    # What an organiser would have of an event, until staff have looked at it.
    "EventChange": ("id", "state", "fields", "at", "decided_at", "decided_by", "reason"),
    # `days`, `tracks` and `places` of a programme are JSON, like an event's `planned`.
    "Festival": ("id", "name", "name_ru", "year", "about", "about_ru", "time_zone", "state",
                 "version", "days", "tracks", "places", "thanked_at"),
    "FestivalVersion": ("id", "number", "at", "by", "note", "sessions", "moves"),
    # Who speaks, exhibits or pays at an event; a business of alumni.
    "EventRole": ("id", "role", "name", "about", "state", "at", "by", "answered_at", "entered_at"),
    "Business": ("id", "key", "name", "name_ru", "about", "about_ru", "url", "state", "version",
                 "at", "changed_at", "published_at", "notice"),
    "Registration": (
        "id", "state", "at", "position", "attended_at", "guests", "answers", "offered_until",
        "entered_at", "warned", "remind", "told",
    ),
    # Of events: one's own feed of them, a link to a door, what somebody said of one.
    "CalendarFeed": ("id", "token_hash", "created_at"),
    "DoorLink": ("id", "token_hash", "until", "created_at", "revoked_at", "account"),
    "Feedback": ("id", "stars", "words", "at"),
    # Of the loyalty programme: a term of membership, the link of a card, what partners offer and
    # the codes by which members take it, badges.
    "Membership": ("id", "starts", "ends", "kind", "at", "by", "note", "seen_at", "ended_on",
                   "ended_note", "ended_by", "ended_at"),
    "MemberCard": ("id", "token_hash", "created_at"),
    "Partner": ("id", "name", "name_ru", "about", "about_ru", "url", "version", "created_at",
                "link_id", "token_hash", "ended_at"),
    "Perk": ("id", "kind", "title", "title_ru", "terms", "terms_ru", "tier", "from_year",
             "to_year", "quantity", "opens_on", "closes_on", "hold_days", "version", "created_at",
             "published_at", "ended_at"),
    "PerkCode": ("id", "code_hash", "taken_at", "until", "redeemed_at", "returned_at"),
    "Badge": ("id", "kind", "about", "issued_at", "revoked_at", "reason"),
    # Its goal, and the amounts of the four below that an import brings, are in whole units of its
    # currency; all amounts of transfers, and what is promised here (`minor`), in the smallest.
    "Project": ("id", "key", "name", "name_ru", "description", "description_ru", "kind", "goal",
                "currency", "visibility", "created_at", "state", "version", "origin", "audience",
                "changed_at", "notice", "ended_at", "books_closed_at", "books_notice"),
    "ProjectNeed": ("id", "kind", "text", "text_ru", "at", "met_at"),
    "Milestone": ("id", "text", "text_ru", "due_on", "at", "done_at"),
    "ProjectNews": ("id", "text", "text_ru", "at"),
    # Somebody is asked into a project's team; somebody offers help with what it needs.
    "TeamInvitation": ("id", "state", "words", "at", "answered_at"),
    "HelpOffer": ("id", "state", "text", "at", "answer", "answered_at"),
    "MoneyAccount": ("id", "kind", "currency", "thing"),
    "Transfer": ("id", "number", "kind", "amount", "currency", "happened_on", "booked_at",
                 "pending", "resolves", "outcome", "corrects", "linked", "what", "document",
                 "party", "party_shown", "reference", "pledge", "entered_by"),
    "BankStatement": ("id", "kind", "account", "currency", "first_on", "last_on", "opening",
                      "closing", "at", "by", "state"),
    "BankEntry": ("id", "currency", "amount", "into", "happened_on", "reference", "party", "text",
                  "reversal", "state", "round", "transfer", "made", "decided_at"),
    "Pledge": ("id", "amount", "at", "state", "named", "minor", "parts", "currency"),
    "Receipt": ("id", "amount", "at", "note"),
    "Refund": ("id", "amount", "at", "note"),
    "Expense": ("id", "amount", "at", "note"),
    # `delicate` is its kind in `graphnet.delicate`; most have none.
    "Topic": ("id", "name", "name_ru", "delicate"),
    "News": ("id", "title", "title_ru", "text", "text_ru", "at", "created_at", "kind", "link",
             "visibility", "state", "version", "changed_at"),
    "Service": (
        "id", "name", "name_ru", "description", "description_ru", "partner", "created_at",
        "audience", "audience_ru", "steps", "steps_ru", "documents", "documents_ru", "terms",
        "terms_ru", "request_kind", "position", "version", "changed_at", "withdrawn_at",
    ),
    "Request": ("id", "kind", "status", "due_at", "at", "subject", "text", "answer", "contact",
                "from_year", "to_year", "visibility", "key", "outcome", "closed_at", "waits_since",
                "first_answered_at", "reminded_at", "escalated_at", "owner", "first_due_at", "form",
                "answers", "joined", "visitor", "language", "unit_told"),
    # What a visitor asks, until they have shown that the address is theirs.
    "Enquiry": ("id", "kind", "form", "subject", "text", "answers", "email", "email_key", "name",
                "language", "at", "expires_at", "letter_hash", "came", "files"),
    "RequestEntry": ("id", "kind", "text", "by", "at"),
    # A reunion that the Association helps to hold; amounts are in the currency's smallest unit.
    "Reunion": ("id", "title", "about", "wishes", "state", "at", "owner", "time_zone",
                "poll_closes_at", "starts_at", "venue", "heads", "lost_then", "closed_at",
                "outcome", "reason", "plans", "thanks", "asked_by", "asked_how", "agreed_at"),
    "ReunionInvitation": ("id", "state", "at", "answered_at", "channel", "words", "token_hash",
                          "expires_at"),
    "ReunionDate": ("id", "starts_at"),
    "ReunionCost": ("id", "what", "amount", "currency", "per"),
    "ReunionTask": ("id", "what", "due_on", "at", "done_at"),
    # Somebody who may know is asked on behalf of who asked the Association.
    "Referral": ("id", "state", "text", "at", "until", "answered_at", "by", "passes", "passed_at",
                 "helped_at"),
    # One version of a kind of request, as staff have written it; the highest number holds.
    "RequestKind": (
        "id", "kind", "number", "name", "name_ru", "description", "description_ru", "fields",
        "first_hours", "done_hours", "thanks", "thanks_ru", "shown", "position", "at", "by",
    ),
    # A letter that came in, by a hash of its Message-ID: the same twice is once.
    "ReceivedLetter": ("id", "at"),
    "Invitation": ("id", "token_hash", "nonce", "created_at", "expires_at", "revoked_at"),
    "Claim": (
        "id", "name", "name_key", "former_name", "email", "email_key", "from_year", "to_year",
        "referrer", "language", "at", "expires_at", "state", "reason", "how", "decided_at",
        "letter_hash", "place", "year", "diploma", "page_hash", "letters",
    ),
    # A request to pass something on, and each hand it went through.
    "PassOn": ("id", "state", "text", "at", "closes_at", "answer", "answered_at", "seen_at"),
    "Handing": ("id", "act", "at", "expires_at", "done_at", "token_hash"),
    # Somebody asks somebody else to know each other here.
    "ContactRequest": ("id", "state", "text", "at", "answered_at", "withdrawn_at"),
    # Words between people. `last` is the number of the newest message, `version` counts every act.
    "Conversation": ("id", "kind", "title", "last", "version", "at"),
    "Message": ("id", "conversation", "number", "text", "at", "deleted_at"),
    "Contribution": (
        "act_id", "number", "kind", "mode", "happened_at", "recorded_at", "points_basis", "thing",
        "participation", "evidence_hash", "corrects", "pseudonym", "chain_hash",
    ),
    "Evidence": ("act_id", "salt", "facts", "entered_by"),
    "PseudonymKey": ("id", "secret"),
    "Contest": ("id", "season", "rules_version", "rules", "rules_sha256", "seed", "announced_at",
                "published_at"),
    "Announcement": ("id", "version", "terms", "at"),
    "Nomination": (
        "id", "once", "at", "state", "category", "email", "email_key", "statement",
        "finalist_public", "accepted_at", "decided_at", "reason", "proposed_state",
        "proposed_code", "proposed_reason", "proposed_by", "proposed_at", "removed_at",
        "removed_code",
    ),
    "Letter": ("id", "once", "kind", "text", "address", "at"),
    "Ballot": ("id", "choices"),
    "JuryScore": ("id", "once", "criterion", "score", "at"),
    "Award": ("id", "code", "category", "place", "at"),
    "SeasonArchive": ("signature", "public_key", "id", "kind", "file", "sha256", "at"),
    # A set of ambassadors that staff had chosen, and who of them was asked.
    "AmbassadorPlan": ("id", "name", "wish", "state", "step", "share", "result", "problem", "at",
                       "by", "wave"),
    "AmbassadorAsk": ("id", "state", "at", "answered_at", "by"),
    "Dismissal": ("id", "list", "item", "at", "how", "topics"),
    "Impression": ("id", "list", "item", "model", "day", "at", "times", "propensity", "explored",
                   "clicked_at"),
    "ShownDay": ("id", "list", "model", "day", "shown", "clicked", "replied", "came", "explored"),
    "Digest": ("id", "token", "frequency", "lists", "topics", "period", "sent", "created_at"),
    "RecoveryPlan": ("id", "kind", "thing", "size", "wave", "revision", "created_at",
                     "planned_at", "lost_then", "by", "name", "closed_at"),
    "Ask": (
        "id", "state", "wave", "fixed", "position", "gain", "without", "known", "expected",
        "monitor", "shared_kind", "shared_share", "sent_at", "channel", "answered_at", "via",
        "said", "outcome", "tried_at", "next_at", "note", "token_hash", "expires_at",
    ),
    "NeverAsk": ("id", "reason", "at", "by", "ended_at", "ended_by"),
    # What staff wrote down about a person: each version of an entry, of which one counts.
    "JournalEntry": (
        "id", "entry", "version", "kind", "outcome", "text", "happened_at", "at", "by", "next_step",
        "due_on", "owner", "done_at", "done_by", "replaced_at", "withdrawn_at", "withdrawn_by",
        "why",
    ),
    # A short form that staff send to some; whom it was sent to, what they said, who wants none.
    "Survey": (
        "id", "title", "title_ru", "about", "about_ru", "state", "version", "questions", "audience",
        "consent", "created_at", "by", "opened_at", "closes_on", "closed_at", "asked", "results",
    ),
    "SurveyAsk": ("id", "once", "token_hash", "at"),
    "SurveyAnswer": ("id", "answers", "told", "at", "changed_at"),
    "SurveyRefusal": ("id", "at", "ended_at"),
    # Somebody is told of one event, person by person: the letter and what they said to it, one act
    # of telling with its figures, who wants no such letters.
    "EventLetter": ("id", "state", "at", "sent_at", "reasons", "token_hash", "said", "said_at",
                    "off"),
    "EventTelling": ("id", "at", "by", "told", "figures"),
    "EventLetterRefusal": ("id", "at", "ended_at"),
    "Account": ("id", "email", "email_key", "password_hash", "roles", "language", "created_at",
                "disabled_at", "devices", "first_steps"),
    "SecondFactor": ("id", "nonce", "created_at", "confirmed_at", "last_step", "tries",
                     "tried_at"),
    "RecoveryCode": ("id", "code_hash", "used_at"),
    "Identity": ("id", "who", "issuer", "subject", "created_at"),
    "Passkey": ("id", "credential_id", "public_key", "sign_count", "name", "created_at",
                "used_at", "last_challenge"),
    "Session": ("id", "token_hash", "created_at", "seen_at", "expires_at", "device"),
    "OneTimeLink": ("id", "token_hash", "purpose", "expires_at", "used_at", "created_at"),
    "AuditEntry": ("id", "at", "actor", "role", "act", "purpose", "subject", "detail", "keys"),
    "Change": ("number", "kind", "people", "thing", "at", "process"),
    "Job": ("id", "kind", "idempotency_key", "payload", "state", "run_at", "lease_until",
            "attempts", "crashes", "worker", "error", "created_at", "finished_at"),
    "Counter": ("name", "next"),
    "Heartbeat": ("process", "kind", "at", "detail"),
    "Erasure": ("id", "key", "at"),
    "Migration": ("number", "name", "at"),
}  # fmt: skip

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
    "WORKS_ON": ("role", "since", "run"),
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

CONSENT_PURPOSES = ("hold", "show_to_members", "publish", "profile", "digest", "partners", "asked")
CONSENT_STATES = ("given", "refused", "unknown")
ROLES = ("alumnus", "staff", "analyst", "admin", "treasurer", "auditor")
UNIT_KINDS = ("university", "institute", "faculty", "department", "school")
STUDY_LEVELS = ("specialist", "bachelor", "master", "postgraduate")
STUDY_FORMS = ("full-time", "evening", "correspondence")
STUDY_ROLES = ("student", "monitor")
STUDY_WAYS = ("admitted", "transferred", "returned", "exchange")
REGISTRATION_STATES = ("yes", "no", "waiting", "cancelled")
PLEDGE_STATES = ("open", "received", "withdrawn")
REQUEST_STATES = ("new", "open", "in_work", "waiting", "joined", "done")
CONTACT_KINDS = ("email", "phone")
PLACE_KINDS = ("city", "region", "country", "continent")
GROUP_KINDS = ("club", "regional", "interest", "professional", "community", "residence")
GROUP_ROLES = ("member", "organiser")
VISIBILITIES = ("public", "members")

# (label or tie type, property): the words that the engines know. Another word means nothing to
# them, so no file brings one in. Kinds of events, projects and companies are anybody's own.
VOCABULARY: dict[tuple[LiteralString, LiteralString], tuple[str, ...]] = {
    ("Person", "gender"): ("m", "f"),
    ("Person", "language"): ("ru", "en"),
    ("Person", "visibility"): ("shown", "hidden"),
    ("ContactPoint", "kind"): CONTACT_KINDS,
    ("Place", "kind"): PLACE_KINDS,
    ("Consent", "purpose"): CONSENT_PURPOSES,
    ("Consent", "state"): CONSENT_STATES,
    ("Unit", "kind"): UNIT_KINDS,
    ("Cohort", "level"): STUDY_LEVELS,
    ("Cohort", "form"): STUDY_FORMS,
    ("Group", "kind"): GROUP_KINDS,
    ("Group", "visibility"): VISIBILITIES,
    ("Event", "visibility"): VISIBILITIES,
    ("Project", "visibility"): VISIBILITIES,
    ("Registration", "state"): REGISTRATION_STATES,
    ("Pledge", "state"): PLEDGE_STATES,
    ("Request", "status"): REQUEST_STATES,
    ("Account", "language"): ("ru", "en"),
    ("STUDIED_IN", "role"): STUDY_ROLES,
    ("STUDIED_IN", "how"): STUDY_WAYS,
    ("COMPLETED", "level"): STUDY_LEVELS,
    ("MEMBER_OF", "role"): GROUP_ROLES,
}

# label: what one of it must have, or it is of no use.
REQUIRED: dict[LiteralString, tuple[LiteralString, ...]] = {
    "Consent": ("purpose", "state"),
    "Event": ("starts_at", "time_zone"),
    "Registration": ("state",),
}

# label or tie type: the property with which a time of it begins, and the one with which it ends.
PERIODS: dict[LiteralString, tuple[LiteralString, LiteralString]] = {
    "Event": ("starts_at", "ends_at"),
    "Unit": ("from_year", "to_year"),
    "STUDIED_IN": ("from_term", "to_term"),
    "WORKED_AT": ("from_year", "to_year"),
    "LIVES_IN": ("from_year", "to_year"),
    "PART_OF": ("from_year", "to_year"),
}

BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no letter looks like another


def new_id() -> str:
    """Return a random identifier of 16 letters (80 bits), safe to show to strangers."""
    return "".join(secrets.choice(BASE32) for _ in range(16))


def term(academic_year: int, spring: int = 0) -> int:
    """Return the term's number: autumn (0) or spring (1) of the academic year that starts then."""
    return 2 * academic_year + spring


def lineage(group: LiteralString, relative: LiteralString) -> LiteralString:
    """Return the piece of a query that finds every group of one's lineage, itself included.

    That is what it came from and what it went on as, each in one direction only: two groups into
    which one has split are no relatives. Both names are variables of the query.
    """
    return (
        "CALL (" + group + ") {\n"
        "  MATCH (" + group + ")-[:CONTINUES_AS*0..6]->(" + relative + ":StudyGroup)"
        " RETURN " + relative + "\n"
        "  UNION MATCH (" + relative + ":StudyGroup)-[:CONTINUES_AS*1..6]->(" + group + ")"
        " RETURN " + relative + "\n}\n"
    )


def studied_together(one: LiteralString, other: LiteralString) -> LiteralString:
    """Return the condition that two people are groupmates: at one time in groups of one lineage.

    Both names are variables of the query. What is not known of a stay is no reason against it.
    """
    met: LiteralString = (
        " WHERE coalesce(mine.from_term, -1) <= coalesce(theirs.to_term, 99999)"
        " AND coalesce(theirs.from_term, -1) <= coalesce(mine.to_term, 99999) }"
    )
    return (
        "(EXISTS { MATCH (" + one + ")-[mine:STUDIED_IN]->(:StudyGroup)-[:CONTINUES_AS*0..6]->"
        "(:StudyGroup)<-[theirs:STUDIED_IN]-(" + other + ")" + met + "\n    OR EXISTS "
        "{ MATCH (" + one + ")-[mine:STUDIED_IN]->(:StudyGroup)<-[:CONTINUES_AS*1..6]-"
        "(:StudyGroup)<-[theirs:STUDIED_IN]-(" + other + ")" + met + ")"
    )


def academic_year(term_number: int) -> int:
    """Return the calendar year in which the term's academic year starts."""
    return term_number // 2


@dataclass(frozen=True)
class Name:
    """A person's name in the script in which it was given."""

    given: str
    family: str
    patronymic: str = ""
    former: tuple[str, ...] = ()

    @property
    def full(self) -> str:
        """Given name, patronymic, family name: the order of speech in both languages."""
        return " ".join(part for part in (self.given, self.patronymic, self.family) if part)


@dataclass(frozen=True)
class Change:
    """One numbered entry of the feed that every process reads."""

    number: int
    kind: str
    people: tuple[int, ...]
    thing: str
    at: datetime
