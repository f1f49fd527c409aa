"""The letters of communities, each written when it leaves and only if it still says what is so."""

from collections.abc import Callable

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.groups import talk, telling
from graphnet.mail import Delivery, Letter
from graphnet.store import Row
from webapp.features.events.post import in_tongue
from webapp.frame.letters import letter

Holds = Callable[[Engine, Delivery, Row, Row | None], bool]


def _waits(_: Engine, __: Delivery, group: Row, request: Row | None) -> bool:
    return request is not None and request["state"] == "waiting" and _on(group)


def _settled(_: Engine, __: Delivery, group: Row, request: Row | None) -> bool:
    return request is not None and request["state"] in ("accepted", "declined", "closed")


def _on(group: Row) -> bool:
    return group["visibility"] not in ("draft", "archived")


def _there(_: Engine, __: Delivery, group: Row, ___: Row | None) -> bool:
    return _on(group)


def _draft(_: Engine, __: Delivery, group: Row, ___: Row | None) -> bool:
    return bool(group["state"] == "draft")


def _gone(_: Engine, __: Delivery, group: Row, ___: Row | None) -> bool:
    return bool(group["visibility"] == "archived")


def _is(role: str) -> Holds:
    def holds(engine: Engine, delivery: Delivery, group: Row, _: Row | None) -> bool:
        return telling.role(engine.store, delivery.values["person"], group["id"]) == role

    return holds


def _always(_: Engine, __: Delivery, ___: Row, ____: Row | None) -> bool:
    return True


# Letter: whether it still says what is so when it leaves.
HOLDS: dict[str, Holds] = {
    "published": _there,
    "sent_back": _draft,
    "asked": _waits,
    "invited": _waits,
    "accepted": _settled,
    "refused": _settled,
    "removed": _settled,
    "made_organiser": _is("organiser"),
    "made_member": _is("member"),
    "archived": _gone,
    "reopened": _there,
    "united": _gone,
    "post_removed": _always,
}


def write(what: str) -> Callable[[Engine, Delivery], Letter | None]:
    """Return who writes one kind of letter of a community."""

    def written(engine: Engine, delivery: Delivery) -> Letter | None:
        values, tongue = delivery.values, delivery.language
        group = telling.about(engine.store, values["group"])
        if group is None:
            return None
        request = telling.request(engine.store, values["request"]) if values["request"] else None
        if not HOLDS[what](engine, delivery, group, request):
            return None
        site = delivery.settings.site_url
        became = group["became"][0] if group["became"] else None
        removed = talk.why_removed(engine.store, values["request"])
        return letter(
            f"groups/{what}",
            delivery,
            community=in_tongue(tongue, group["name"], group["name_ru"]),
            words=(request["text"] or "") if request else "",
            reply=(request["answer"] or "") if request else "",
            reason=removed or group["notice"] or "",
            page=f"{site}/groups/{group['id']}",
            other=in_tongue(tongue, became[1], became[2]) if became else "",
            other_page=f"{site}/groups/{became[0]}" if became else "",
        )

    return written


def register(core: Core) -> None:
    """Bring the letters."""
    for what in HOLDS:
        core.letter(f"groups.{what}", write(what))
