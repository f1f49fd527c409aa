"""News and achievements: written, changed and taken back by staff; read by whom they are for."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring the room: nothing of it belongs to a person."""
    core.nobodys("News", why="the Association's own words, to everybody")
