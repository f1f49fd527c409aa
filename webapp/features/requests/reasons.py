"""Why somebody, or a unit, may answer a request: each reason one line, for staff."""

from flask_babel import gettext, ngettext

from graphnet.requests.addressees import Reason, Suggested
from webapp.features.people.words import WAY_WORDS
from webapp.frame.i18n import in_language


def reason_line(reason: Reason) -> str:
    """Return one reason in words."""
    name = in_language(reason.name, reason.name_ru or reason.name)
    n = max(1, reason.count)
    if reason.kind == "way":
        return str(gettext("helps in this way: %(way)s", way=WAY_WORDS.get(reason.name, "")))
    counted = {
        "answered": ngettext(
            "has helped with %(num)s request like this",
            "has helped with %(num)s requests like this",
            n,
        ),
        "thanked": ngettext(
            "whoever asked said once that it helped",
            "whoever asked said %(num)s times that it helped",
            n,
        ),
        "dealt": ngettext(
            "has dealt with %(num)s request like this",
            "has dealt with %(num)s requests like this",
            n,
        ),
        "through": ngettext(
            "%(num)s common acquaintance with who asks",
            "%(num)s common acquaintances with who asks",
            n,
        ),
    }
    named = {
        "offers": gettext("offers help with: %(topic)s", topic=name),
        "likes": gettext("is interested in: %(topic)s", topic=name),
        "project": gettext("project: %(name)s", name=name),
        "work": gettext("work: %(what)s", what=name),
        "knows": gettext("knows who asks"),
        "mates": gettext("studied with who asks"),
        "charge": gettext("is in charge of requests of this kind"),
        "named": gettext("the request speaks of it"),
        "service": gettext("has the service: %(name)s", name=name),
        "about": gettext("has things about: %(topic)s", topic=name),
    }
    return str((counted | named)[reason.kind])


def reason_lines(one: Suggested) -> list[str]:
    """Return the reasons of one suggestion, the strongest first."""
    return [reason_line(reason) for reason in one.reasons]
