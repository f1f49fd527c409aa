"""Constraints, indexes and numbered migrations; each can be repeated, and is recorded once.

Community Edition enforces uniqueness only. What it cannot enforce (existence and type of
properties, one end of a tie) is looked for by `graphnet doctor`.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import LiteralString

from graphnet.addresses import address_key
from graphnet.errors import BadValue, ConstraintViolated, StoreError
from graphnet.model import NODES, TIES
from graphnet.store import Store

log = logging.getLogger(__name__)

# One uniqueness constraint a label; Neo4j 5 and later keep an index behind each.
CONSTRAINTS: tuple[LiteralString, ...] = (
    "CREATE CONSTRAINT person_id IF NOT EXISTS FOR (n:Person) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT person_key IF NOT EXISTS FOR (n:Person) REQUIRE n.key IS UNIQUE",
    "CREATE CONSTRAINT contact_id IF NOT EXISTS FOR (n:ContactPoint) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT correction_id IF NOT EXISTS FOR (n:Correction) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT stated_study_id IF NOT EXISTS FOR (n:StatedStudy) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT proof_id IF NOT EXISTS FOR (n:ContactProof) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT proof_token IF NOT EXISTS FOR (n:ContactProof) "
    "REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT photo_id IF NOT EXISTS FOR (n:Photo) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT death_note_id IF NOT EXISTS FOR (n:DeathNote) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT place_id IF NOT EXISTS FOR (n:Place) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT record_id IF NOT EXISTS FOR (n:Record) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT record_origin IF NOT EXISTS FOR (n:Record) REQUIRE n.origin IS UNIQUE",
    "CREATE CONSTRAINT run_id IF NOT EXISTS FOR (n:ImportRun) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT upload_id IF NOT EXISTS FOR (n:Upload) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT recipe_id IF NOT EXISTS FOR (n:Recipe) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT double_id IF NOT EXISTS FOR (n:Double) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT merged_id IF NOT EXISTS FOR (n:MergedPerson) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT set_aside_id IF NOT EXISTS FOR (n:SetAside) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT consent_id IF NOT EXISTS FOR (n:Consent) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT unit_id IF NOT EXISTS FOR (n:Unit) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT cohort_id IF NOT EXISTS FOR (n:Cohort) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT study_group_id IF NOT EXISTS FOR (n:StudyGroup) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT group_code_text IF NOT EXISTS FOR (n:GroupCode) REQUIRE n.text IS UNIQUE",
    "CREATE CONSTRAINT organisation_id IF NOT EXISTS FOR (n:Organisation) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT group_id IF NOT EXISTS FOR (n:Group) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT group_key IF NOT EXISTS FOR (n:Group) REQUIRE n.key IS UNIQUE",
    "CREATE CONSTRAINT event_id IF NOT EXISTS FOR (n:Event) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT event_key IF NOT EXISTS FOR (n:Event) REQUIRE n.key IS UNIQUE",
    "CREATE CONSTRAINT festival_id IF NOT EXISTS FOR (n:Festival) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT registration_id IF NOT EXISTS FOR (n:Registration) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT project_id IF NOT EXISTS FOR (n:Project) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT project_key IF NOT EXISTS FOR (n:Project) REQUIRE n.key IS UNIQUE",
    "CREATE CONSTRAINT pledge_id IF NOT EXISTS FOR (n:Pledge) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT receipt_id IF NOT EXISTS FOR (n:Receipt) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT refund_id IF NOT EXISTS FOR (n:Refund) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT expense_id IF NOT EXISTS FOR (n:Expense) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT topic_id IF NOT EXISTS FOR (n:Topic) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT news_id IF NOT EXISTS FOR (n:News) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT service_id IF NOT EXISTS FOR (n:Service) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT request_id IF NOT EXISTS FOR (n:Request) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT enquiry_id IF NOT EXISTS FOR (n:Enquiry) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT enquiry_letter IF NOT EXISTS "
    "FOR (n:Enquiry) REQUIRE n.letter_hash IS UNIQUE",
    "CREATE CONSTRAINT referral_id IF NOT EXISTS FOR (n:Referral) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT request_kind_id IF NOT EXISTS FOR (n:RequestKind) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT received_letter_id IF NOT EXISTS "
    "FOR (n:ReceivedLetter) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT invitation_id IF NOT EXISTS FOR (n:Invitation) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT invitation_token IF NOT EXISTS "
    "FOR (n:Invitation) REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT claim_id IF NOT EXISTS FOR (n:Claim) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT claim_letter IF NOT EXISTS FOR (n:Claim) REQUIRE n.letter_hash IS UNIQUE",
    "CREATE CONSTRAINT claim_page IF NOT EXISTS FOR (n:Claim) REQUIRE n.page_hash IS UNIQUE",
    "CREATE CONSTRAINT pass_on_id IF NOT EXISTS FOR (n:PassOn) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT handing_id IF NOT EXISTS FOR (n:Handing) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT handing_token IF NOT EXISTS FOR (n:Handing) REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT contact_request_id IF NOT EXISTS FOR (n:ContactRequest) "
    "REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT conversation_id IF NOT EXISTS FOR (n:Conversation) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT message_id IF NOT EXISTS FOR (n:Message) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT calendar_feed_id IF NOT EXISTS FOR (n:CalendarFeed) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT calendar_feed_token IF NOT EXISTS "
    "FOR (n:CalendarFeed) REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT door_link_id IF NOT EXISTS FOR (n:DoorLink) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT door_link_token IF NOT EXISTS "
    "FOR (n:DoorLink) REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT feedback_id IF NOT EXISTS FOR (n:Feedback) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT act_id IF NOT EXISTS FOR (n:Contribution) REQUIRE n.act_id IS UNIQUE",
    "CREATE CONSTRAINT contribution_number IF NOT EXISTS "
    "FOR (n:Contribution) REQUIRE n.number IS UNIQUE",
    "CREATE CONSTRAINT evidence_act IF NOT EXISTS FOR (n:Evidence) REQUIRE n.act_id IS UNIQUE",
    "CREATE CONSTRAINT pseudonym_key IF NOT EXISTS FOR (n:PseudonymKey) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT contest_id IF NOT EXISTS FOR (n:Contest) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT contest_season IF NOT EXISTS FOR (n:Contest) REQUIRE n.season IS UNIQUE",
    "CREATE CONSTRAINT announcement_id IF NOT EXISTS FOR (n:Announcement) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT letter_id IF NOT EXISTS FOR (n:Letter) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT letter_once IF NOT EXISTS FOR (n:Letter) REQUIRE n.once IS UNIQUE",
    "CREATE CONSTRAINT archive_id IF NOT EXISTS FOR (n:SeasonArchive) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT nomination_once IF NOT EXISTS FOR (n:Nomination) REQUIRE n.once IS UNIQUE",
    "CREATE CONSTRAINT jury_score_once IF NOT EXISTS FOR (n:JuryScore) REQUIRE n.once IS UNIQUE",
    "CREATE CONSTRAINT award_code IF NOT EXISTS FOR (n:Award) REQUIRE n.code IS UNIQUE",
    "CREATE CONSTRAINT nomination_id IF NOT EXISTS FOR (n:Nomination) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT ballot_id IF NOT EXISTS FOR (n:Ballot) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT jury_score_id IF NOT EXISTS FOR (n:JuryScore) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT award_id IF NOT EXISTS FOR (n:Award) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT ambassador_plan_id IF NOT EXISTS FOR (n:AmbassadorPlan) "
    "REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT ambassador_ask_id IF NOT EXISTS FOR (n:AmbassadorAsk) "
    "REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT dismissal_id IF NOT EXISTS FOR (n:Dismissal) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT impression_id IF NOT EXISTS FOR (n:Impression) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT shown_day_id IF NOT EXISTS FOR (n:ShownDay) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT digest_id IF NOT EXISTS FOR (n:Digest) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT digest_token IF NOT EXISTS FOR (n:Digest) REQUIRE n.token IS UNIQUE",
    "CREATE CONSTRAINT recovery_plan_id IF NOT EXISTS FOR (n:RecoveryPlan) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT ask_id IF NOT EXISTS FOR (n:Ask) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT ask_token IF NOT EXISTS FOR (n:Ask) REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT never_ask_id IF NOT EXISTS FOR (n:NeverAsk) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT journal_id IF NOT EXISTS FOR (n:JournalEntry) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT survey_id IF NOT EXISTS FOR (n:Survey) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT survey_ask_id IF NOT EXISTS FOR (n:SurveyAsk) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT survey_ask_once IF NOT EXISTS FOR (n:SurveyAsk) REQUIRE n.once IS UNIQUE",
    "CREATE CONSTRAINT survey_ask_token IF NOT EXISTS "
    "FOR (n:SurveyAsk) REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT survey_answer_id IF NOT EXISTS FOR (n:SurveyAnswer) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT survey_refusal_id IF NOT EXISTS "
    "FOR (n:SurveyRefusal) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT reunion_id IF NOT EXISTS FOR (n:Reunion) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT reunion_invitation_id IF NOT EXISTS FOR (n:ReunionInvitation) "
    "REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT reunion_invitation_token IF NOT EXISTS FOR (n:ReunionInvitation) "
    "REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT reunion_date_id IF NOT EXISTS FOR (n:ReunionDate) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT reunion_cost_id IF NOT EXISTS FOR (n:ReunionCost) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT reunion_task_id IF NOT EXISTS FOR (n:ReunionTask) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT account_id IF NOT EXISTS FOR (n:Account) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT account_email IF NOT EXISTS FOR (n:Account) REQUIRE n.email_key IS UNIQUE",
    "CREATE CONSTRAINT session_id IF NOT EXISTS FOR (n:Session) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT session_token IF NOT EXISTS FOR (n:Session) REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT link_id IF NOT EXISTS FOR (n:OneTimeLink) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT link_token IF NOT EXISTS FOR (n:OneTimeLink) REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT second_factor_id IF NOT EXISTS FOR (n:SecondFactor) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT recovery_code_id IF NOT EXISTS FOR (n:RecoveryCode) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT recovery_code_hash IF NOT EXISTS "
    "FOR (n:RecoveryCode) REQUIRE n.code_hash IS UNIQUE",
    "CREATE CONSTRAINT passkey_id IF NOT EXISTS FOR (n:Passkey) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT passkey_credential IF NOT EXISTS "
    "FOR (n:Passkey) REQUIRE n.credential_id IS UNIQUE",
    "CREATE CONSTRAINT identity_id IF NOT EXISTS FOR (n:Identity) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT identity_who IF NOT EXISTS FOR (n:Identity) REQUIRE n.who IS UNIQUE",
    "CREATE CONSTRAINT membership_id IF NOT EXISTS FOR (n:Membership) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT member_card_id IF NOT EXISTS FOR (n:MemberCard) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT member_card_token IF NOT EXISTS "
    "FOR (n:MemberCard) REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT partner_id IF NOT EXISTS FOR (n:Partner) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT partner_token IF NOT EXISTS FOR (n:Partner) REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT perk_id IF NOT EXISTS FOR (n:Perk) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT perk_code_id IF NOT EXISTS FOR (n:PerkCode) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT perk_code_hash IF NOT EXISTS FOR (n:PerkCode) REQUIRE n.code_hash IS UNIQUE",
    "CREATE CONSTRAINT badge_id IF NOT EXISTS FOR (n:Badge) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT audit_id IF NOT EXISTS FOR (n:AuditEntry) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT change_number IF NOT EXISTS FOR (n:Change) REQUIRE n.number IS UNIQUE",
    "CREATE CONSTRAINT job_id IF NOT EXISTS FOR (n:Job) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT job_once IF NOT EXISTS FOR (n:Job) REQUIRE n.idempotency_key IS UNIQUE",
    "CREATE CONSTRAINT counter_name IF NOT EXISTS FOR (n:Counter) REQUIRE n.name IS UNIQUE",
    "CREATE CONSTRAINT heartbeat IF NOT EXISTS FOR (n:Heartbeat) REQUIRE n.process IS UNIQUE",
    "CREATE CONSTRAINT erasure_id IF NOT EXISTS FOR (n:Erasure) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT migration_number IF NOT EXISTS FOR (n:Migration) REQUIRE n.number IS UNIQUE",
)

INDEXES: tuple[LiteralString, ...] = (
    "CREATE INDEX consent_purpose IF NOT EXISTS FOR (n:Consent) ON (n.purpose, n.state)",
    "CREATE INDEX enquiry_email IF NOT EXISTS FOR (n:Enquiry) ON (n.email_key)",
    "CREATE INDEX request_visitor IF NOT EXISTS FOR (n:Request) ON (n.visitor)",
    "CREATE INDEX person_name IF NOT EXISTS FOR (n:Person) ON (n.name_key)",
    "CREATE INDEX person_family IF NOT EXISTS FOR (n:Person) ON (n.family_name)",
    "CREATE INDEX contact_value IF NOT EXISTS FOR (n:ContactPoint) ON (n.value_key)",
    "CREATE INDEX record_source IF NOT EXISTS FOR (n:Record) ON (n.source)",
    "CREATE INDEX run_source IF NOT EXISTS FOR (n:ImportRun) ON (n.source)",
    "CREATE INDEX event_start IF NOT EXISTS FOR (n:Event) ON (n.starts_at)",
    "CREATE INDEX registration_offer IF NOT EXISTS FOR (n:Registration) ON (n.offered_until)",
    "CREATE INDEX event_state IF NOT EXISTS FOR (n:Event) ON (n.state)",
    "CREATE INDEX cohort_year IF NOT EXISTS FOR (n:Cohort) ON (n.intake_year)",
    "CREATE INDEX organisation_name IF NOT EXISTS FOR (n:Organisation) ON (n.name_key)",
    "CREATE INDEX place_name IF NOT EXISTS FOR (n:Place) ON (n.name)",
    "CREATE INDEX topic_name IF NOT EXISTS FOR (n:Topic) ON (n.name)",
    "CREATE INDEX impression_item IF NOT EXISTS FOR (n:Impression) ON (n.item)",
    "CREATE INDEX impression_day IF NOT EXISTS FOR (n:Impression) ON (n.day)",
    "CREATE INDEX pass_on_at IF NOT EXISTS FOR (n:PassOn) ON (n.at)",
    "CREATE INDEX handing_at IF NOT EXISTS FOR (n:Handing) ON (n.at)",
    "CREATE INDEX death_note_state IF NOT EXISTS FOR (n:DeathNote) ON (n.state)",
    "CREATE INDEX message_number IF NOT EXISTS FOR (n:Message) ON (n.conversation, n.number)",
    "CREATE INDEX message_at IF NOT EXISTS FOR (n:Message) ON (n.at)",
    "CREATE INDEX job_state IF NOT EXISTS FOR (n:Job) ON (n.state, n.run_at)",
    "CREATE INDEX double_state IF NOT EXISTS FOR (n:Double) ON (n.state)",
    "CREATE INDEX merged_key IF NOT EXISTS FOR (n:MergedPerson) ON (n.key)",
    "CREATE INDEX unit_name IF NOT EXISTS FOR (n:Unit) ON (n.name)",
    "CREATE INDEX study_group_name IF NOT EXISTS FOR (n:StudyGroup) ON (n.name)",
    "CREATE INDEX claim_state IF NOT EXISTS FOR (n:Claim) ON (n.state)",
    "CREATE INDEX contribution_at IF NOT EXISTS FOR (n:Contribution) ON (n.happened_at)",
    "CREATE INDEX contribution_of IF NOT EXISTS FOR (n:Contribution) ON (n.pseudonym)",
    "CREATE INDEX contribution_with IF NOT EXISTS FOR (n:Contribution) ON (n.participation)",
    "CREATE INDEX audit_subject IF NOT EXISTS FOR (n:AuditEntry) ON (n.subject)",
    "CREATE INDEX nomination_email IF NOT EXISTS FOR (n:Nomination) ON (n.email_key)",
    "CREATE INDEX audit_at IF NOT EXISTS FOR (n:AuditEntry) ON (n.at)",
    "CREATE INDEX ask_sent IF NOT EXISTS FOR (n:Ask) ON (n.sent_at)",
    "CREATE INDEX journal_entry IF NOT EXISTS FOR (n:JournalEntry) ON (n.entry)",
    "CREATE INDEX journal_due IF NOT EXISTS FOR (n:JournalEntry) ON (n.due_on)",
    "CREATE INDEX survey_state IF NOT EXISTS FOR (n:Survey) ON (n.state)",
    "CREATE INDEX session_end IF NOT EXISTS FOR (n:Session) ON (n.expires_at)",
    "CREATE FULLTEXT INDEX things IF NOT EXISTS FOR (n:Event|Group|Project|Topic) "
    "ON EACH [n.title, n.title_ru, n.name, n.name_ru, n.description, n.description_ru]",
)


def constraints_and_indexes(store: Store) -> None:
    """Uniqueness for every identifier, and the indexes that queries begin from."""
    for statement in (*CONSTRAINTS, *INDEXES):
        store.run_alone(statement)
    store.run_alone("CALL db.awaitIndexes(300)")


@dataclass(frozen=True)
class Piece:
    """A constraint or an index: its name, what it is on, and how it is made."""

    name: str
    labels: frozenset[str]
    properties: frozenset[str]
    statement: LiteralString


def piece(statement: LiteralString) -> Piece:
    """Read the name and the ends of a statement of ours."""
    name = re.search(r"(?:CONSTRAINT|INDEX) (\w+)", statement)
    labels = re.search(r"FOR \(n:([\w|]+)\)", statement)
    if name is None or labels is None:
        raise StoreError(f"no constraint or index is made by {statement!r}")
    properties = re.findall(r"n\.(\w+)", statement)
    return Piece(name[1], frozenset(labels[1].split("|")), frozenset(properties), statement)


DROP_CONSTRAINT = "DROP CONSTRAINT $name IF EXISTS"
DROP_INDEX = "DROP INDEX $name IF EXISTS"

# One row: an index, those behind constraints too; `rule` names the constraint.
STANDING = """SHOW INDEXES YIELD name, state, labelsOrTypes, properties, owningConstraint
RETURN name, state, labelsOrTypes AS labels, properties, owningConstraint AS rule
ORDER BY name LIMIT 10000"""


def lacking(store: Store) -> list[Piece]:
    """Return the constraints and indexes that are not there, not ready, or on something else."""
    there = {
        row["name"]: (
            frozenset(row["labels"] or ()),
            frozenset(row["properties"] or ()),
            row["rule"] is not None,
        )
        for row in store.read(STANDING)
        if row["state"] != "FAILED"
    }
    found = []
    for statements, rule in ((CONSTRAINTS, True), (INDEXES, False)):
        for wanted in map(piece, statements):
            if there.get(wanted.name) != (wanted.labels, wanted.properties, rule):
                found.append(wanted)
    return found


def restore(store: Store, wanted: Piece) -> None:
    """Make a constraint or index anew, in place of what has its name.

    Raises
    ------
    ConstraintViolated
        If there are nodes already that a constraint forbids.
    """
    for kind, drop in (("rule", DROP_CONSTRAINT), ("name", DROP_INDEX)):
        if any(row[kind] == wanted.name for row in store.read(STANDING)):
            store.run_alone(drop, name=wanted.name)
    store.run_alone(wanted.statement)
    store.run_alone("CALL db.awaitIndexes(300)")


def names_known(store: Store) -> None:
    """Make every name of the model known; see `known`."""
    known(store, NODES, TIES)


def of_features(store: Store, labels: Mapping[str, tuple[str, ...]]) -> None:
    """Make the labels of features known, and the first property of each unique; repeatable."""
    if labels:
        known(store, labels, {})
    for label, names in labels.items():
        # From `Core.label`, which lets plain names through only.
        statement = (
            f"CREATE CONSTRAINT `feature_{label.lower()}` IF NOT EXISTS "
            f"FOR (n:`{label}`) REQUIRE n.`{names[0]}` IS UNIQUE"
        )
        store.run_alone(statement)


def known(
    store: Store, nodes: Mapping[str, tuple[str, ...]], ties: Mapping[str, tuple[str, ...]]
) -> None:
    """Make every label, tie type and property name known, by creating and deleting each once.

    A query that names something which never was in the database draws a warning (01N50-01N52); with
    all names known, such a warning always means a spelling mistake.
    """
    quoted = {name: f"`{name}`" for name in (*nodes, *ties)}
    properties = sorted({name for names in (*nodes.values(), *ties.values()) for name in names})
    labels = "".join(f":{quoted[label]}" for label in nodes)
    # The names come from our own code, never from outside: the one query made of parts.
    pattern = "".join(f" CREATE (a)-[:{quoted[kind]}]->(b)" for kind in ties)
    # No migration has a negative number: repeated later, this meets the constraint on it.
    settings = ", ".join(f"c.`{name}` = -1" for name in properties)
    query = (
        f"CREATE (a{labels}) CREATE (b:Migration) CREATE (c:Migration){pattern} "
        f"SET {settings} WITH a, b, c DETACH DELETE a, b, c"
    )
    store.run_alone(query)


# No row: in transactions of their own, entries of the trail that named people in a text.
KEYS_OF_READS = """MATCH (a:AuditEntry) WHERE a.keys IS NULL
CALL (a) {
  WITH a, CASE WHEN a.subject =~ '\\d+(,\\d+)*' THEN split(a.subject, ',') ELSE [] END AS keys
  SET a.keys = [key IN keys | toInteger(key)],
    a.subject = CASE keys WHEN [] THEN a.subject ELSE '' END
} IN TRANSACTIONS OF 10000 ROWS"""


def keys_of_reads(store: Store) -> None:
    """Turn the people whom old entries of the trail name in a text into numbers.

    The older program kept the first 50 of a list.
    """
    store.run_alone(KEYS_OF_READS)


_BEYOND = "'(?s).*[^\\x00-\\x7F].*'"
# One row: an address with letters beyond ASCII, and the key it has: of the others the key has not
# changed. Addresses on file, of accounts, of claims and of nominations by address.
STALE_KEYS: dict[str, LiteralString] = {
    "ContactPoint": "MATCH (n:ContactPoint {kind: 'email'}) WHERE n.value =~ "
    + _BEYOND
    + " AND n.id > $after "
    "RETURN n.id AS id, n.value AS address, n.value_key AS key ORDER BY id LIMIT 5000",
    "Account": "MATCH (n:Account) WHERE n.email =~ " + _BEYOND + " AND n.id > $after "
    "RETURN n.id AS id, n.email AS address, n.email_key AS key ORDER BY id LIMIT 5000",
    "Claim": "MATCH (n:Claim) WHERE n.email =~ " + _BEYOND + " AND n.id > $after "
    "RETURN n.id AS id, n.email AS address, n.email_key AS key ORDER BY id LIMIT 5000",
    "Nomination": "MATCH (n:Nomination) WHERE n.email =~ " + _BEYOND + " AND n.id > $after "
    "RETURN n.id AS id, n.email AS address, n.email_key AS key ORDER BY id LIMIT 5000",
}
# One row: whose key was changed.
SET_KEY: dict[str, LiteralString] = {
    "ContactPoint": "MATCH (n:ContactPoint {id: $id}) SET n.value_key = $key RETURN n.id AS id",
    "Account": "MATCH (n:Account {id: $id}) SET n.email_key = $key RETURN n.id AS id",
    "Claim": "MATCH (n:Claim {id: $id}) SET n.email_key = $key RETURN n.id AS id",
    "Nomination": "MATCH (n:Nomination {id: $id}) SET n.email_key = $key RETURN n.id AS id",
}


def address_keys(store: Store) -> None:
    """Give every address the key that `graphnet.addresses` gives it today.

    Of two accounts that turn out to have one address the second keeps its old key, and the log says
    so: their owners have to be asked.
    """
    for label, stale in STALE_KEYS.items():
        after = ""
        while rows := store.read(stale, after=after):
            after = rows[-1]["id"]
            for row in rows:
                try:
                    key = address_key(row["address"])
                    if key != row["key"]:
                        store.write(SET_KEY[label], id=row["id"], key=key)
                except BadValue:
                    log.warning("address.unusable of=%s id=%s", label, row["id"])
                except ConstraintViolated:
                    log.warning("address.taken of=%s id=%s", label, row["id"])


MIGRATIONS: tuple[tuple[int, str, Callable[[Store], None]], ...] = (
    (1, "every name known; constraints and indexes", names_known),
    (2, "constraints and indexes", constraints_and_indexes),
    (3, "names of invitations, pass-ons, plans, the contest and what was recommended", names_known),
    (4, "their constraints and indexes", constraints_and_indexes),
    (5, "names of jobs that end workers", names_known),
    (6, "the name of the people whom an entry of the trail is about", names_known),
    (7, "who was read, as numbers", keys_of_reads),
    (8, "addresses are compared by the A-label of their domain", address_keys),
    (9, "names of what people and staff correct", names_known),
    (10, "their constraints and indexes", constraints_and_indexes),
    (11, "names of contacts and messages", names_known),
    (12, "their constraints and indexes", constraints_and_indexes),
    (13, "names of coming in without an invitation", names_known),
    (14, "its constraint", constraints_and_indexes),
    (15, "names of second factors and passkeys", names_known),
    (16, "their constraints", constraints_and_indexes),
    (17, "names of identities of other sites", names_known),
    (18, "their constraints", constraints_and_indexes),
    (19, "names of uploads, doubles and merges", names_known),
    (20, "their constraints and indexes", constraints_and_indexes),
    (21, "names of the desk and of events that are made here", names_known),
    (22, "their constraints and indexes", constraints_and_indexes),
    (23, "names of reunions", names_known),
    (24, "their constraints", constraints_and_indexes),
    (25, "names of who is asked, kinds that staff edit, letters in and services", names_known),
    (26, "their constraints and indexes", constraints_and_indexes),
    (27, "names of the journal and of surveys", names_known),
    (28, "their constraints and indexes", constraints_and_indexes),
    (29, "names of the loyalty programme", names_known),
    (30, "its constraints", constraints_and_indexes),
    (31, "names of what is asked and proposed in a contest, and of news", names_known),
    (32, "the name of who has imported a run", names_known),
)

# One row: a migration that has been done.
DONE = "MATCH (m:Migration) RETURN m.number AS number ORDER BY number LIMIT 10000"

# One row: the migration that was recorded.
RECORD = """MERGE (m:Migration {number: $number}) ON CREATE SET m.name = $name, m.at = $at
RETURN m.number AS number"""


def missing(store: Store) -> list[int]:
    """Return the numbers of the migrations that have not been done."""
    done = {row["number"] for row in store.read(DONE)}
    return [number for number, _, _ in MIGRATIONS if number not in done]


def migrate(store: Store) -> list[int]:
    """Do every migration that is not recorded, in order; return their numbers.

    A migration that was interrupted is done again: repeating one is harmless.

    Raises
    ------
    StoreError
        If the database has a migration that this program does not know: it is of a newer version.
    """
    # The label must exist before it is asked for, or the server warns about an unknown name.
    store.run_alone(
        "CREATE CONSTRAINT migration_number IF NOT EXISTS "
        "FOR (n:Migration) REQUIRE n.number IS UNIQUE"
    )
    done = {row["number"] for row in store.read(DONE)}
    newest = MIGRATIONS[-1][0]
    if done and max(done) > newest:
        raise StoreError(
            f"the database has migration {max(done)}, this program knows {newest}: "
            "start the newer program, or restore a backup"
        )
    performed = []
    for number, name, step in MIGRATIONS:
        if number not in done:
            step(store)
            store.write(RECORD, number=number, name=name, at=datetime.now(UTC))
            performed.append(number)
    return performed
