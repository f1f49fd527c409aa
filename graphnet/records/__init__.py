"""A person's record as people change it: each field, what it was, by whom, from what source.

The person changes what is theirs; staff correct it for the purpose 'correct', with the source (who
told them, or which paper). Every change is one `:Correction` with the field's former value, so that
it can be undone; a field that was confirmed so is left alone by later imports.
"""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person, the files of photos, and what ends by itself."""
    from graphnet.records import personal

    personal.register(core)
