"""What of businesses waits: for staff those that are proposed, for theirs what was sent back."""

from flask import url_for
from flask_babel import gettext

from graphnet.businesses import reading
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language
from webapp.frame.waiting import Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return what this reader is asked."""
    store = graphnet().store
    if viewer.is_staff:
        return [
            Waiting(
                url_for("businesses.business", business_id=one.id),
                gettext("To publish: %(name)s", name=in_language(one.name, one.name_ru)),
                of=gettext("Business"),
            )
            for one in reading.in_hand(store, viewer, "proposed")
        ]
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    return [
        Waiting(
            url_for("businesses.edit", business_id=one.id),
            gettext("To be changed first: %(name)s", name=in_language(one.name, one.name_ru)),
            one.notice,
        )
        for one in reading.mine(store, viewer)
        if one.state == "sent_back"
    ]
