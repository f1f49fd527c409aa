"""The letters of a season to who stands and who judges; worded when they leave."""

from functools import partial

from graphnet.contest import candidates, jurors, seasons
from graphnet.engine import Engine
from graphnet.errors import NotFound
from graphnet.mail import Delivery, Letter
from graphnet.people import key_of
from graphnet.privacy import Viewer
from graphnet.privacy import engine as engine_viewer
from webapp.frame.letters import letter


def write(name: str, engine: Engine, delivery: Delivery) -> Letter | None:
    """Write one of the letters; nothing where the season or the candidacy is not there any more."""
    me = engine_viewer("contest")
    try:
        season = seasons.season(engine.store, me, delivery.values["season"])
        reader = Viewer("alumnus", key_of(engine.store, delivery.values["person"]))
    except NotFound:
        return None
    terms, russian = season.terms, delivery.language != "en"
    if name == "asked" and not jurors.is_asked(engine.store, reader, season):
        return None  # answered, or taken back
    state, reason, category = "", "", ""
    if nomination := delivery.values.get("nomination"):
        found = candidates.candidates(
            engine.store, me, season, ids=[nomination], states=("admitted", "refused")
        )
        if not found:
            return None  # withdrawn meanwhile
        state, reason = found[0].state, found[0].reason
        category = next(
            (
                one.name_ru if russian else one.name
                for one in terms.categories
                if one.key == found[0].category
            ),
            "",
        )
    return letter(
        f"contest/{name}",
        delivery,
        title=terms.title_ru if russian else terms.title,
        association=terms.organiser_ru if russian else terms.organiser,
        state=state,
        reason=reason,
        category=category,
        page=f"{delivery.settings.site_url}/contest/{season.season}",
        mine=f"{delivery.settings.site_url}/contest/mine",
        jury_until=f"{terms.dates.jury_until:%d.%m.%Y}",
        appeal_until=f"{terms.dates.appeal_until:%d.%m.%Y}",
    )


LETTERS = {
    f"contest.{name}": partial(write, name)
    for name in ("asked", "left", "reads", "decided", "won", "published")
}
