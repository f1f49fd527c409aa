"""People one at a time or a page at a time: cards, profile, what they set, whether they are found.

Every read takes a viewer; what comes back has been cut to what `graphnet.privacy` lets that viewer
see. A person whom the viewer may not see raises `PersonNotFound`, or is left out of a list, exactly
as if there were no such person.
"""

from graphnet.people.cards import Card, Study, cards, pseudonym, state_of
from graphnet.people.lookup import KEY_OF, key_of, of_origins
from graphnet.people.personal import register
from graphnet.people.points import points
from graphnet.people.profile import Profile, own_profile, profile
from graphnet.people.visibility import hide, show

__all__ = [
    "KEY_OF",
    "Card",
    "Profile",
    "Study",
    "cards",
    "hide",
    "key_of",
    "of_origins",
    "own_profile",
    "points",
    "profile",
    "pseudonym",
    "register",
    "show",
    "state_of",
]
