"""A post box for a mail server: LMTP (RFC 2033) on a port of this machine.

It takes letters to addresses for answers, letters that ask, and reports of failed letters, says at
once who is not here, and answers for each reader by themselves.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP

from graphnet.errors import GraphnetError
from graphnet.requests import by_mail, replies
from graphnet.requests.replies import Received

if TYPE_CHECKING:
    from graphnet.engine import Engine

log = logging.getLogger(__name__)

LATER = "451 4.3.0 Try again later"


def reply(received: Received, site: str) -> str:
    """Return what a mail server is told: in words that its sender reads in the bounce."""
    anew = f"write on the site: {site}/requests"
    words = {
        "unknown": f"550 5.1.1 This address for answers is not known or no longer yours; {anew}",
        "old": f"550 5.1.6 This request is settled and takes no letters any more; {anew}",
        "empty": f"550 5.6.0 There is nothing in the letter above what it quotes; {anew}",
        "long": f"552 5.3.4 The letter is longer than 5,000 characters; {anew}",
        "large": f"552 5.3.4 The letter is larger than 10 MB; {anew}",
        "sender": f"550 5.1.7 The letter does not name one sender who can be written to; {anew}",
        "busy": "451 4.7.0 Too many letters within an hour; try again later",
    }
    return words.get(received.outcome, "250 2.0.0 Taken")


class PostBox:
    """What a mail server may hand over, and what it is told."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def _known(self, address: str) -> bool:
        settings = self._engine.settings
        if address.casefold() in (settings.mail_from.casefold(), settings.mail_replies.casefold()):
            return True  # reports of failed letters come there
        if by_mail.asks(settings, address):
            return True
        held = replies.token_of(settings, address)
        return held is not None and replies.whose(self._engine.store, settings, held) is not None

    async def handle_RCPT(  # noqa: N802 - the server calls it so
        self, server: Any, session: Any, envelope: Any, address: str, options: Sequence[str]
    ) -> str:
        """Say at once where nobody is."""
        try:
            known = await asyncio.to_thread(self._known, address)
        except GraphnetError as problem:
            log.warning("post_box.unready problem=%s", problem)
            return LATER
        if not known:
            return reply(Received("unknown"), self._engine.settings.site_url)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the letter for each of its readers, and say of each what became of it."""
        told = []
        for address in envelope.rcpt_tos:
            try:
                content, sender = envelope.content, envelope.mail_from
                told.append(await asyncio.to_thread(self._take, content, address, sender))
            except GraphnetError as problem:
                log.warning("post_box.failed problem=%s", problem)
                told.append(LATER)
        return "\r\n".join(told)

    def _take(self, raw: bytes, address: str, sender: str | None) -> str:
        engine = self._engine
        kinds = engine.core.request_kinds
        received = by_mail.receive(
            engine.store, engine.settings, kinds, raw, to=[address], sender=sender
        )
        log.info("post_box.took outcome=%s request=%s", received.outcome, received.request)
        if received.outcome == "unknown" and replies.token_of(engine.settings, address) is None:
            return "250 2.0.0 Taken"  # to the sender of letters: nothing that could be filed
        return reply(received, engine.settings.site_url)


class _Controller(Controller):
    def factory(self) -> LMTP:
        return LMTP(self.handler, data_size_limit=replies.MOST_BYTES, enable_SMTPUTF8=True)


def opened(engine: "Engine", host: str, port: int) -> Controller:
    """Open the post box on a port; it takes letters until `stop()` is called."""
    controller = _Controller(PostBox(engine), hostname=host, port=port)
    controller.start()
    return controller
