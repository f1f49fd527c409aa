"""The letter that tells an asker what came of their request."""

from flask import url_for
from flask_babel import gettext

from graphnet.mail import Letter
from graphnet.requests.closing import Answered
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_tongue


def answer_letter(language: str, told: Answered) -> Letter:
    """Word the letter in the asker's language."""
    with in_tongue(language):
        lines = [gettext("You asked the Association: %(subject)s", subject=told.subject)]
        if told.answer:
            lines.append(gettext("The answer:"))
            lines.append(told.answer)
        else:
            lines.append(gettext("Your request has been dealt with."))
        if told.has_page:
            address = graphnet().settings.site_url + url_for("requests.mine")
            lines.append(gettext("All your requests: %(address)s", address=address))
        lines.append(gettext("The alumni association"))
        subject = gettext("The Association has answered: %(subject)s", subject=told.subject)
    return Letter(subject, "\n\n".join(lines) + "\n")
