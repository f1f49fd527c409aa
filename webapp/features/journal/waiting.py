"""What of the journal is due: next steps and call-backs, mine first, then nobody's."""

from flask import url_for
from flask_babel import gettext

from graphnet.journal import reading, writing
from graphnet.privacy import Viewer
from webapp.features.journal.words import step_words
from webapp.frame.context import graphnet, live
from webapp.frame.waiting import Act, Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return the next steps that are due, each with the acts that settle it on the spot."""
    if not viewer.is_staff:
        return []
    asking = viewer.for_purpose(writing.PURPOSE)
    return [
        _item(step, viewer) for step in reading.due(graphnet().store, asking, rules=live().rules)
    ]


def _item(step: reading.Step, viewer: Viewer) -> Waiting:
    action = url_for("journal.step", entry_id=step.id)
    acts = [Act(action, gettext("Done"), "act", "done"),
            Act(action, gettext("In a week"), "act", "week")]  # fmt: skip
    if step.owner != viewer.account_id:
        acts.insert(0, Act(action, gettext("I take it"), "act", f"take:{step.owner}"))
    return Waiting(
        url_for("journal.theirs", person_id=step.card.id, _anchor="journal"),
        f"{step.card.name.full}: {step_words(step)}",
        late=step.late,
        acts=tuple(acts),
        owner=step.owner,
        owner_name=step.owner_name,
        due=step.due_on,
        of=gettext("Next step"),
    )
