"""The links of study groups, for those who say in an answer that they will pass one on."""

from graphnet.errors import ThingNotFound
from graphnet.onboarding import invitation_links
from graphnet.people import cards
from graphnet.privacy import Viewer
from webapp.features.invitations.routes import link_keys
from webapp.frame.context import graphnet, live


def group_links(key: int) -> list[tuple[str, str]]:
    """Return code and invitation link of each of somebody's study groups that has a live one.

    Such a link shows no list of names, so that who answers without signing in may have it.
    """
    store, reader = graphnet().store, Viewer("alumnus", key)
    own = cards(store, reader, [key], rules=live().rules)
    found = []
    for group_id, code in {
        study.group_id: study.code for card in own for study in card.studies if study.group_id
    }.items():
        try:
            link = invitation_links.current(store, reader, group_id, keys=link_keys())
        except ThingNotFound:
            continue
        if link is not None and link.token:
            found.append((code, f"{graphnet().settings.site_url}/join/{link.token}"))
    return found
