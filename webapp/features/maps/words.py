"""Words of maps: kinds of ties, states, how far around somebody."""

from flask_babel import lazy_gettext

STATE_WORDS = {
    "registered": lazy_gettext("registered"),
    "reachable": lazy_gettext("can be reached"),
    "lost": lazy_gettext("lost: no contact"),
}
TIE_WORDS = {
    "any": lazy_gettext("have any tie"),
    "knows": lazy_gettext("know each other"),
    "studied": lazy_gettext("were in a group together"),
    "worked": lazy_gettext("worked together"),
    "member": lazy_gettext("are in a community together"),
    "came": lazy_gettext("came to the same events"),
}
MY_RING_WORDS = {
    1: lazy_gettext("those tied to me"),
    2: lazy_gettext("and those tied to them"),
}
RING_WORDS = {
    1: lazy_gettext("those tied to the person"),
    2: lazy_gettext("and those tied to them"),
}
