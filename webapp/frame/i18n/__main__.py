"""``python -m webapp.frame.i18n update [feature ...]`` or ``check``; see `webapp.frame.i18n`."""

import sys

from webapp.frame.i18n.catalogues import features, problems, update


def main(arguments: list[str]) -> int:
    """``update [feature ...]`` or ``check``."""
    if arguments[:1] == ["check"]:
        lines = problems()
        sys.stderr.write("".join(line + "\n" for line in lines))
        return 1 if lines else 0
    if arguments[:1] == ["update"]:
        for feature in arguments[1:] or features():
            for text in update(feature):
                sys.stderr.write(f"{feature}.po: to translate: {text!r}\n")
        return 0
    sys.stderr.write("usage: python -m webapp.frame.i18n update [feature ...] | check\n")
    return 2


sys.exit(main(sys.argv[1:]))
