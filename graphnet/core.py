"""What features bring to the core, which knows none of them: one `register(core)` each.

A feature of the engine is a package of ``graphnet`` named in `graphnet.features`; a feature of the
site is any package of ``webapp.features``, found by its folder. Each may have a function
``register(core)`` that says what it brings: jobs and when to ask for them, kinds of request, what
it holds of a person, what waits for whom, pages, links, commands, what the demo shows of it. What
nobody has registered does not exist: an unknown kind of job or request is an error.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, LiteralString

from graphnet.erasure.holding import Holding, Known
from graphnet.errors import BadValue
from graphnet.jobs import LANES, STANDARD, Handler, Job, Policy, Task
from graphnet.model import NODES
from graphnet.privacy import Viewer

if TYPE_CHECKING:
    from graphnet.engine import Engine
    from graphnet.mail import Delivery, Letter
    from graphnet.requests.kinds import Kind
    from graphnet.store import Store

# What waits for a reader: items of `webapp.frame.waiting.Waiting`.
AskWaiting = Callable[[Viewer], list[Any]]
# What a part of a page shows to that reader about the page's thing; None if nothing.
AskPart = Callable[[Viewer, Any], Mapping[str, Any] | None]
# Takes whatever a person can be known by out of files that lie beside the graph.
Forget = Callable[["Engine", Known], object]
Furnish = Callable[["Engine", Mapping[str, Any]], None]
# Ends somebody's letters of a series, by their key; twice is once.
EndLetters = Callable[["Store", int], object]
# Writes a letter when it leaves; None if what it is about needs no letter any more.
WriteLetter = Callable[["Engine", "Delivery"], "Letter | None"]


@dataclass(frozen=True)
class Waits:
    """A question what waits for a reader, and the conditions without which nothing does.

    `only_if` holds for an alumnus, `staff_if` for staff.
    """

    ask: AskWaiting
    only_if: LiteralString = ""
    staff_if: LiteralString = ""


@dataclass(frozen=True)
class JobKind:
    """One kind of `:Job`: `make` gives the handler of a process that has an open engine.

    It gives none where this installation cannot do such jobs now: they wait. `give_up` is told of a
    job that has failed for good, and why.
    """

    kind: str
    make: Callable[["Engine"], Handler | None]
    policy: Policy = STANDARD
    give_up: Callable[["Engine", Job, str], None] | None = None

    def task(self, engine: "Engine") -> Task | None:
        """Return how a worker with that engine does such jobs; None if it cannot."""
        work, give_up = self.make(engine), self.give_up
        if work is None:
            return None
        told = None if give_up is None else lambda job, error: give_up(engine, job, error)
        return Task(work, self.policy, told)


@dataclass(frozen=True)
class Duty:
    """What a worker does again and again: asking for jobs that are due, forgetting what has ended.

    It must be safe to repeat and to do in two workers at once.
    """

    name: str
    every: timedelta
    act: Callable[["Engine"], object]


@dataclass(frozen=True)
class Link:
    """One link of an area's navigation; `order` says where it stands, small numbers first.

    Links of one `section` stand together below one entry of the header; one without stands alone.
    """

    area: str
    endpoint: str
    label: Any
    order: int
    section: str = ""


# Where features may add to a page that is not theirs, and what the page hands them.
PLACES = {
    "header": "small signs beside the account's menu on every page; None",
    "person.acts": "acts at the top of a person's page; the profile",
    "file.acts": "acts at the top of a person's file, for staff; the card",
    "person.row": "acts on a person's row in a list of classmates or suggestions; the card",
    "search.row": "acts on a person's row in a search; the card",
    "study_group": "acts on a study group of one's own on /classmates; the group",
    "contact.row": "acts on a row of one's own contacts; the card",
    "person": "sections of a person's page; the profile",
    "me": "sections of one's own page; the profile",
    "me.links": "links of one's own page; the profile",
    "event.makers": "links of an event's page for who makes it; the event",
    "home": "sections of /home, below what waits; None",
    "account": "sections of /account; the account",
    "front": "sections of the front page, for who is not signed in; None",
    "sign-in": "other ways to sign in, on /sign-in; None",
    "today": "sections of /staff; None",
}


@dataclass(frozen=True)
class Part:
    """Something that a feature adds to a page of another one: a template and what it shows."""

    place: str
    template: str
    ask: AskPart
    order: int


@dataclass(frozen=True)
class Series:
    """Letters that come of their own accord, and how somebody ends them: see `graphnet.notices`."""

    name: str
    end: EndLetters


@dataclass(frozen=True)
class CommandLine:
    """A subcommand of `graphnet`: ``module:attribute`` of its function, and its line of help."""

    target: str
    line: str


@dataclass
class Core:
    """Everything that the features have registered, in the order in which they did."""

    jobs: dict[str, JobKind] = field(default_factory=dict)
    duties: list[Duty] = field(default_factory=list)
    letters: dict[str, WriteLetter] = field(default_factory=dict)
    letter_series: dict[str, Series] = field(default_factory=dict)
    waiting: list[Waits] = field(default_factory=list)
    blueprints: list[Any] = field(default_factory=list)
    reasons: dict[str, Mapping[Any, Any]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    commands: dict[str, CommandLine] = field(default_factory=dict)
    furnishings: list[tuple[int, str, Furnish]] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    beside: dict[str, Forget] = field(default_factory=dict)
    impersonal: dict[str, str] = field(default_factory=dict)
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    request_kinds: "dict[str, Kind]" = field(default_factory=dict)
    request_words: dict[str, Any] = field(default_factory=dict)
    request_forms: dict[str, str] = field(default_factory=dict)
    request_offers: dict[str, Any] = field(default_factory=dict)

    def job(
        self,
        kind: str,
        make: Callable[["Engine"], Handler | None],
        *,
        policy: Policy = STANDARD,
        give_up: Callable[["Engine", Job, str], None] | None = None,
    ) -> None:
        """Bring a kind of job, with how often it is tried, how long it is kept, and its lane."""
        if kind in self.jobs:
            raise BadValue(f"two features bring the job {kind!r}")
        if policy.lane not in LANES:
            raise BadValue(f"there is no lane {policy.lane!r}; lanes: {', '.join(LANES)}")
        self.jobs[kind] = JobKind(kind, make, policy, give_up)

    def duty(self, name: str, act: Callable[["Engine"], object], *, every: timedelta) -> None:
        """Bring something that a worker does again and again."""
        self.duties.append(Duty(name, every, act))

    def letter(self, name: str, write: WriteLetter) -> None:
        """Bring who writes a kind of letter, with its link, at the moment when it leaves."""
        if name in self.letters:
            raise BadValue(f"two features bring the letter {name!r}")
        self.letters[name] = write

    def series(self, name: str, end: EndLetters) -> None:
        """Bring letters that come of their own accord: each carries an address that ends them."""
        if name in self.letter_series:
            raise BadValue(f"two features bring the letters {name!r}")
        self.letter_series[name] = Series(name, end)

    def waits(
        self, ask: AskWaiting, *, only_if: LiteralString = "", staff_if: LiteralString = ""
    ) -> None:
        """Bring a question: what of this feature waits for that reader's answer?

        Parameters
        ----------
        only_if
            A condition in Cypher about the person `me` that holds wherever the question would find
            something for an alumnus; it may hold more often. The conditions of all features are
            read at once, so that a page does not ask twenty questions to hear "nothing" twenty
            times. Without one the question is always asked.
        staff_if
            The same for staff, about anything: `me` is their person, null where they are none, and
            $account their account's id. 'false' where the question never finds staff anything.
        """
        self.waiting.append(Waits(ask, only_if, staff_if))

    def pages(self, blueprint: Any, *, reasons: Mapping[Any, Any] | None = None) -> None:
        """Bring a blueprint, and why something is refused there, in words.

        `reasons` has for each class of `graphnet.errors` what is said of its codes: see
        `webapp.frame.reasons`.
        """
        self.blueprints.append(blueprint)
        self.reasons[blueprint.name] = reasons or {}

    def request_kind(self, kind: "Kind", words: Any, *, form: str = "", offer: Any = None) -> None:
        """Bring a kind of request, what it is called on pages, and how staff close it there.

        `form` is a template with the fields that its rule asks for besides the answer. With an
        `offer`, a sentence that says what it is for, members find the kind under /requests/new;
        without one it is opened by the feature's own act alone.
        """
        if kind.name in self.request_kinds:
            raise BadValue(f"two features bring the request {kind.name!r}")
        self.request_kinds[kind.name] = kind
        self.request_words[kind.name] = words
        if form:
            self.request_forms[kind.name] = form
        if offer is not None:
            self.request_offers[kind.name] = offer

    def link(self, area: str, endpoint: str, label: Any, *, order: int, section: str = "") -> None:
        """Bring a link to an area's navigation: alumnus, staff, analyst, admin or public.

        The sections of an area are those of `webapp.frame.navigation.SECTIONS`.
        """
        self.links.append(Link(area, endpoint, label, order, section))

    def part(self, place: str, template: str, ask: AskPart, *, order: int) -> None:
        """Bring a part of a page that another feature has; `PLACES` lists where.

        `ask` is given the viewer and the page's thing, and returns what the template shows, or None
        where this reader gets nothing.
        """
        if place not in PLACES:
            raise BadValue(f"no page has a place {place!r}; places: {', '.join(PLACES)}")
        self.parts.append(Part(place, template, ask, order))

    def command(self, name: str, target: str, line: str) -> None:
        """Bring a subcommand of `graphnet`."""
        if name in self.commands:
            raise BadValue(f"two features bring the command {name!r}")
        self.commands[name] = CommandLine(target, line)

    def furnish(self, name: str, act: Furnish, *, order: int) -> None:
        """Bring what people of the demo have done with this feature by now.

        It is made by the same calls that the pages make, after the first snapshot was built; lower
        orders first, since some of it builds on other features' people.
        """
        self.furnishings.append((order, name, act))

    def personal(self, *holdings: Holding) -> None:
        """Bring what this feature holds of a person, the outermost first.

        That is the order in which it is erased, and nothing is found by a path that is gone.
        """
        self.holdings.extend(holdings)

    def files(self, name: str, forget: Forget) -> None:
        """Bring files that this feature keeps: how an erased person is taken out of them.

        It must be safe to repeat, and is done after the erasure is committed.
        """
        if name in self.beside:
            raise BadValue(f"two features bring the files {name!r}")
        self.beside[name] = forget

    def nobodys(self, *labels: str, why: str) -> None:
        """Say of labels that nothing in their nodes is about one person, and why that is so."""
        for label in labels:
            self.impersonal[label] = why

    def label(self, name: str, *properties: str) -> None:
        """Bring a label of nodes that only this feature has, and what its nodes hold.

        The first property is ``id``; the migrations make it unique. Labels that several rooms read
        stand in `graphnet.model`.
        """
        if name in NODES or name in self.labels:
            raise BadValue(f"two features bring the label {name!r}")
        if properties[:1] != ("id",) or not all(map(str.isidentifier, (name, *properties))):
            raise BadValue(f"{name!r}: a label and its properties are plain names, the first is id")
        self.labels[name] = properties
