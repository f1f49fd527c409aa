"""The letters of the desk, written when they leave, in their reader's language."""

from collections.abc import Callable
from dataclasses import replace

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.mail import Delivery, Letter
from graphnet.requests import helped, hours, referrals, replies, unit_letters, visitors
from graphnet.requests.desk import summary
from graphnet.store import Row
from webapp.frame.letters import letter


def _about(name: str) -> Callable[[Engine, Delivery], Letter | None]:
    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        about = summary(engine.store, delivery.values["request"])
        if about is None:  # erased since
            return None
        spoken = delivery.language == "ru"
        thanks = about["thanks"][spoken] or about["thanks"][not spoken]
        written = letter(
            f"requests/{name}",
            delivery,
            about=about,
            thanks=thanks,
            by_mail=_by_mail(delivery),
            page=_page(delivery, about),
        )
        return replace(written, reply_to=_answers(delivery, name, about))

    return write


def _by_mail(delivery: Delivery) -> bool:
    """Return whether an answer to a letter comes in."""
    return bool(delivery.settings.mail_replies)


def _page(delivery: Delivery, about: Row) -> str:
    """Return where who asked follows the request: on their own page, or by a visitor's link."""
    site = delivery.settings.site_url
    if about["askers"] or not about["visitor"]:
        return f"{site}/requests/{about['id']}"
    return f"{site}/ask/request/{visitors.page_token(delivery.settings, about['id'])}"


def confirm(engine: Engine, delivery: Delivery) -> Letter | None:
    """To an address that a visitor gave: is it yours? With the link that files the request."""
    token = delivery.token()
    asked = visitors.arm(engine.store, delivery.values["enquiry"], token)
    if asked is None:
        return None
    return letter("requests/confirm", delivery, token=token, came=asked["came"])


def _answers(delivery: Delivery, name: str, about: Row) -> str:
    """Return where an answer to a notice goes: the address of its reader's own."""
    if name in ("received", "reply", "joined", "apart", "split"):
        reader = about["askers"][0] if about["askers"] else replies.VISITOR
    else:
        reader = next((person for email, person in about["owners"] if email == delivery.to), "")
    return replies.address(delivery.settings, about["id"], reader)


def referred(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody who may know: who asks, what, until when; nothing if they are asked no more."""
    about = referrals.told(engine.store, delivery.values["referral"], rules=engine.live.rules)
    if about is None or about["state"] != "asked" or about["status"] == "done":
        return None
    written = letter(
        "requests/referred",
        delivery,
        by_mail=_by_mail(delivery),
        about={**about, "id": delivery.values["referral"]},
        asker=about["author"].name.full if about["author"] else "",
        until=about["until"].astimezone(hours.ZONE).strftime("%d.%m.%Y"),
    )
    reply_to = replies.address(delivery.settings, about["request"], about["person"])
    return replace(written, reply_to=reply_to)


def settled(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody who was asked: nothing more is needed."""
    about = referrals.told(engine.store, delivery.values["referral"])
    return None if about is None else letter("requests/settled", delivery, about=about)


def has_helped(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody who was asked and has answered: whoever asked says that it helped."""
    subject = helped.subject(engine.store, delivery.values["referral"])
    return letter("requests/helped", delivery, subject=subject) if subject else None


def unit(engine: Engine, delivery: Delivery) -> Letter | None:
    """To the unit that has a request: of which kind, by when, what staff wrote for it; no name."""
    held = delivery.values
    about = unit_letters.for_letter(engine.store, held["request"], held["unit"], held["entry"])
    if about is None:
        return None
    russian = delivery.language == "ru"
    written = letter(
        "requests/unit",
        delivery,
        kind=about["kind"][russian] or about["kind"][not russian],
        due=about["due_at"].astimezone(hours.ZONE).strftime("%d.%m.%Y") if about["due_at"] else "",
        words=about["words"],
        by_mail=_by_mail(delivery),
        contact=delivery.settings.mail_from,
    )
    seal = unit_letters.reader(held["unit"])
    return replace(written, reply_to=replies.address(delivery.settings, held["request"], seal))


def late(engine: Engine, delivery: Delivery) -> Letter | None:
    """To staff: what is late, or has been taken on by nobody, and is still so."""
    found = [summary(engine.store, one) for one in delivery.values["requests"]]
    still = [about for about in found if about is not None and about["status"] != "done"]
    return letter("requests/late", delivery, rows=still) if still else None


def register(core: Core) -> None:
    """Bring the letters."""
    for name in ("received", "reply", "said", "handed", "due", "joined", "apart", "split"):
        core.letter(f"requests.{name}", _about(name))
    core.letter("requests.late", late)
    core.letter("requests.unit", unit)
    core.letter("requests.helped", has_helped)
    core.letter("requests.confirm", confirm)
    core.letter("requests.referred", referred)
    core.letter("requests.settled", settled)
