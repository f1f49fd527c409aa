"""The labels of the graph, and what a node of each says. A feature adds its own: `Core.label`."""

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
        "ends_at", "time_zone", "venue", "venue_ru", "capacity", "visibility", "cancelled_at",
        "created_at", "state", "audience", "version", "sequence", "scale", "map_url", "online_url",
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
    "EventRole": ("id", "role", "name", "about", "state", "at", "by", "answered_at", "entered_at",
                  "instead"),
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
    "Pledge": ("id", "amount", "at", "state", "named", "minor", "parts", "currency", "remind",
               "told"),
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
            "attempts", "crashes", "worker", "error", "error_code", "created_at", "finished_at"),
    "Counter": ("name", "next"),
    "Heartbeat": ("process", "kind", "at", "detail"),
    "Erasure": ("id", "key", "at"),
    "Migration": ("number", "name", "at"),
}  # fmt: skip
