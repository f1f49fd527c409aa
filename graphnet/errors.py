"""Every error that Graphnet raises, as one tree; the web maps each leaf to a status once.

An error says three things: a sentence in English for the person who can act (what happened, where,
what to do), which `str` gives and commands and the log print; a `code`, one word that stays, by
which a program tells it from others of its class; and the `field`, where it is about one. A page
never shows the sentence: it words class, field and code in the reader's language, see
`webapp.frame.reasons`.

GraphnetError
├── SettingsError             a GRAPHNET_* variable is unknown or its value is wrong
├── BadInput                  what somebody gave us cannot be used
│   ├── BadFile               a file cannot be read as what it should be
│   ├── BadMapping            an import mapping contradicts itself or its files
│   ├── TooManyRejects        more rows of an import would be rejected than may be
│   └── BadValue              one value, from a form or an option
│       └── TakesTooMuch      somebody's own query wants more memory than it may have
├── NotFound                  nothing there, or nothing that this viewer may see (the same answer)
│   ├── PersonNotFound
│   ├── ThingNotFound         a group, event, project, request ...
│   └── ModelMissing          a learned model was asked for and none has been fitted
├── NotAllowed                the viewer's role does not permit the act
│   └── TooMany               a limit on how often something may be done
├── Conflict                  the state has changed, so that the act makes no sense any more
├── StoreError                Neo4j answered with an error, or not at all
│   ├── StoreUnavailable
│   ├── QueryTimeout
│   └── ConstraintViolated
├── ServerError               the managed local Neo4j
│   ├── DownloadFailed        a jar could not be fetched
│   ├── ChecksumMismatch      a jar is not the one that neo4j.lock names
│   ├── ServerNotReady        it did not answer a query in time, or exited
│   ├── ServerInUse           other programs use it, and it was to be stopped, copied or replaced
│   ├── DataDirectoryUnusable full, read-only, locked by somebody else
│   └── DataTooNew            written by a newer Neo4j than this program starts
├── MailFailed                the mail server did not take a letter; it is tried again
├── JobGivenUp                what is to be done later, and no further attempt would help
└── SnapshotError             a snapshot is missing, of another format, or damaged
"""


class GraphnetError(Exception):
    """Root: what happened, where, and what to do, in one message for the person who can act.

    Parameters
    ----------
    message
        An English sentence, without a capital at its beginning or a full stop at its end.
    code
        One word that tells this error from others of its class; it stays when the sentence changes.
    field
        The name of the value that is wrong, where it is one of several.

    Examples
    --------
    >>> problem = BadValue("a title has at most 200 characters", field="title", code="long")
    >>> str(problem), problem.field, problem.code
    ('a title has at most 200 characters', 'title', 'long')
    """

    def __init__(self, message: str = "", *, code: str = "", field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class SettingsError(GraphnetError):
    """One or more settings are wrong; the message lists all of them."""


class BadInput(GraphnetError):
    """What somebody gave us cannot be used."""


class BadFile(BadInput):
    """A file cannot be read as what it should be."""


class BadMapping(BadInput):
    """An import mapping contradicts itself or the files it names."""


class TooManyRejects(BadInput):
    """More rows of an import would be rejected than may be; nothing was written."""


class BadValue(BadInput):
    """One value from a form, an option or an argument is out of range."""


class TakesTooMuch(BadValue):
    """Somebody's own query, or its answer, takes more memory than it may."""


class NotFound(GraphnetError):
    """Nothing there, or nothing that this viewer may see; the two are never told apart."""


class PersonNotFound(NotFound):
    """No such person for this viewer."""


class ThingNotFound(NotFound):
    """No such group, event, project or request for this viewer."""


class ModelMissing(NotFound):
    """A learned model was asked for and none has been fitted yet."""


class NotAllowed(GraphnetError):
    """The viewer's role does not permit the act."""


class TooMany(NotAllowed):
    """The act was done too often in the time that the rules allow."""


class Conflict(GraphnetError):
    """The state has changed, so that the act makes no sense any more."""


class StoreError(GraphnetError):
    """Neo4j answered with an error, or not at all."""


class StoreUnavailable(StoreError):
    """Neo4j cannot be reached."""


class QueryTimeout(StoreError):
    """A query ran past its time limit."""


class ConstraintViolated(StoreError):
    """A write would break a uniqueness constraint."""


class ServerError(GraphnetError):
    """The managed local Neo4j could not be started, joined or stopped."""


class DownloadFailed(ServerError):
    """A jar could not be fetched; the message names the other ways to get a server."""


class ChecksumMismatch(ServerError):
    """A jar is not the one that neo4j.lock names."""


class ServerNotReady(ServerError):
    """The server did not answer a query in time, or exited."""


class ServerInUse(ServerError):
    """Other programs use the server, and it was to be stopped, copied or replaced."""


class DataDirectoryUnusable(ServerError):
    """The data directory is full, read-only, or locked by somebody else."""


class DataTooNew(ServerError):
    """The data directory was written by a newer Neo4j than this program starts."""


class MailFailed(GraphnetError):
    """The mail server did not take a letter for now; it is tried again."""


class JobGivenUp(GraphnetError):
    """A job that no further attempt would help: it has failed at once."""


class SnapshotError(GraphnetError):
    """A snapshot is missing, of another format, or damaged."""
