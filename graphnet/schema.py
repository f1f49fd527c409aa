"""Constraints, indexes and numbered migrations; each can be repeated, and is recorded once.

Community Edition enforces uniqueness only. What it cannot enforce (existence and type of
properties, one end of a tie) is looked for by `graphnet doctor`.
"""

import logging
import re
from dataclasses import dataclass
from typing import LiteralString

from graphnet.errors import StoreError
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
    "CREATE CONSTRAINT festival_version_id IF NOT EXISTS FOR (n:FestivalVersion) "
    "REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT event_role_id IF NOT EXISTS FOR (n:EventRole) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT business_id IF NOT EXISTS FOR (n:Business) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT registration_id IF NOT EXISTS FOR (n:Registration) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT project_id IF NOT EXISTS FOR (n:Project) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT project_key IF NOT EXISTS FOR (n:Project) REQUIRE n.key IS UNIQUE",
    "CREATE CONSTRAINT need_id IF NOT EXISTS FOR (n:ProjectNeed) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT milestone_id IF NOT EXISTS FOR (n:Milestone) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT project_news_id IF NOT EXISTS FOR (n:ProjectNews) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT team_invitation_id IF NOT EXISTS FOR (n:TeamInvitation) "
    "REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT help_offer_id IF NOT EXISTS FOR (n:HelpOffer) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT money_account_id IF NOT EXISTS FOR (n:MoneyAccount) REQUIRE n.id IS UNIQUE",
    # What holds money back ends once, and what is wrong is put right once, whoever tries.
    "CREATE CONSTRAINT transfer_id IF NOT EXISTS FOR (n:Transfer) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT transfer_number IF NOT EXISTS FOR (n:Transfer) REQUIRE n.number IS UNIQUE",
    "CREATE CONSTRAINT transfer_resolves IF NOT EXISTS "
    "FOR (n:Transfer) REQUIRE n.resolves IS UNIQUE",
    "CREATE CONSTRAINT transfer_corrects IF NOT EXISTS "
    "FOR (n:Transfer) REQUIRE n.corrects IS UNIQUE",
    "CREATE CONSTRAINT bank_statement_id IF NOT EXISTS "
    "FOR (n:BankStatement) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT bank_entry_id IF NOT EXISTS FOR (n:BankEntry) REQUIRE n.id IS UNIQUE",
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
    "CREATE CONSTRAINT event_change_id IF NOT EXISTS FOR (n:EventChange) REQUIRE n.id IS UNIQUE",
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
    "CREATE CONSTRAINT event_letter_id IF NOT EXISTS FOR (n:EventLetter) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT event_letter_token IF NOT EXISTS "
    "FOR (n:EventLetter) REQUIRE n.token_hash IS UNIQUE",
    "CREATE CONSTRAINT event_telling_id IF NOT EXISTS FOR (n:EventTelling) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT event_letter_refusal_id IF NOT EXISTS FOR (n:EventLetterRefusal) "
    "REQUIRE n.id IS UNIQUE",
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
    "CREATE INDEX enquiry_at IF NOT EXISTS FOR (n:Enquiry) ON (n.at)",
    "CREATE INDEX request_visitor IF NOT EXISTS FOR (n:Request) ON (n.visitor)",
    "CREATE INDEX person_name IF NOT EXISTS FOR (n:Person) ON (n.name_key)",
    "CREATE INDEX person_family IF NOT EXISTS FOR (n:Person) ON (n.family_name)",
    "CREATE INDEX contact_value IF NOT EXISTS FOR (n:ContactPoint) ON (n.value_key)",
    "CREATE INDEX record_source IF NOT EXISTS FOR (n:Record) ON (n.source)",
    "CREATE INDEX run_source IF NOT EXISTS FOR (n:ImportRun) ON (n.source)",
    "CREATE INDEX event_start IF NOT EXISTS FOR (n:Event) ON (n.starts_at)",
    "CREATE INDEX registration_offer IF NOT EXISTS FOR (n:Registration) ON (n.offered_until)",
    "CREATE INDEX transfer_pledge IF NOT EXISTS FOR (n:Transfer) ON (n.pledge)",
    "CREATE INDEX transfer_amount IF NOT EXISTS FOR (n:Transfer) ON (n.amount)",
    "CREATE INDEX bank_entry_state IF NOT EXISTS FOR (n:BankEntry) ON (n.state)",
    "CREATE INDEX bank_entry_transfer IF NOT EXISTS FOR (n:BankEntry) ON (n.transfer)",
    "CREATE INDEX project_state IF NOT EXISTS FOR (n:Project) ON (n.state)",
    "CREATE INDEX event_change_state IF NOT EXISTS FOR (n:EventChange) ON (n.state)",
    "CREATE INDEX event_state IF NOT EXISTS FOR (n:Event) ON (n.state)",
    "CREATE INDEX community_state IF NOT EXISTS FOR (n:Group) ON (n.state)",
    "CREATE INDEX membership_request_state IF NOT EXISTS FOR (n:MembershipRequest) ON (n.state)",
    "CREATE INDEX cohort_year IF NOT EXISTS FOR (n:Cohort) ON (n.intake_year)",
    "CREATE INDEX cohort_programme IF NOT EXISTS FOR (n:Cohort) ON (n.programme)",
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
