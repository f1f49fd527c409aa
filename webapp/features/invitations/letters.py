"""What the letters about a claim say, in the claimant's language."""

from flask_babel import gettext

from graphnet.onboarding.claims import Write
from graphnet.settings import Settings
from webapp.frame.i18n import in_tongue


def writer(settings: Settings) -> Write:
    """Return who writes the letters, with links as readers know the site."""

    def write(kind: str, language: str, token: str) -> tuple[str, str]:
        site = settings.site_url
        with in_tongue(language):
            end = gettext("If it was not you who asked, do nothing: without you nothing happens.")
            sign = gettext("The alumni association")
            if kind == "confirm":
                subject = gettext("Confirm that it is you")
                body = gettext(
                    "Somebody has asked for their page in the alumni network and given this "
                    "address, which is on file for that person. If it was you, open this link, "
                    "and the page is yours:"
                )
                lines = [body, f"{site}/join/confirm/{token}", end]
            elif kind == "waits":
                subject = gettext("Your request waits for a confirmation")
                body = gettext(
                    "You have asked for your page in the alumni network. Two groupmates who are "
                    "registered, or our staff, will say that it is you; then a letter with a link "
                    "comes to this address. This takes 30 days at most."
                )
                lines = [body, end]
            elif kind == "yours":
                subject = gettext("Your page is yours")
                body = gettext(
                    "It has been confirmed that it is you. Choose a password by this link, and you "
                    "are in; it works once, for 14 days:"
                )
                lines = [body, f"{site}/reset/{token}"]
            else:
                subject = gettext("Your request could not be confirmed")
                body = gettext(
                    "We could not confirm that it is you who asked for a page in the alumni "
                    "network, so nothing has been changed. Please write to the Association if "
                    "this is a mistake."
                )
                lines = [body]
            return subject, "\n\n".join([*lines, sign]) + "\n"

    return write
