"""The emulator as a context manager, on a loopback port of its own."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Self

import attrs
from starlette.types import ASGIApp

from .._generated import DIRECTORY, OPERATIONS, ListOperation, Operation
from ..errors import ConfigurationError
from .app import (
    PREFIX,
    Answering,
    ContextOf,
    RecordedRequest,
    RecordingMiddleware,
    build_routes,
    list_context,
    usage_context,
)
from .auth import DEFAULT_ADMIN_KEY
from .background_server import BackgroundServer, listen
from .dataset import ORGANIZATION_ID
from .drawn_roster import OrganizationSize, draw_roster
from .fault_injection import DealtFault, FaultInjector
from .faults import FaultPlan
from .list_items import ListItems
from .list_paginator import ListPaginator
from .observed_fields import without_observed
from .ordinary_use import OrdinaryUse
from .organization import Organization
from .paginator import Paginator
from .restatements import Restatements, check_days
from .roster import Roster
from .small_roster import SMALL_ROSTER
from .stories import Story

RECORDED_REQUESTS = 10_000
"""How many requests an emulator remembers; older ones are forgotten first."""


def _restating(days: int, restatements: Restatements | None) -> Restatements | None:
    """How usage is restated: with nothing but `days`, some is late for up to so many."""
    check_days("restate_days", days)
    if days and restatements is not None:
        raise ConfigurationError("give either restate_days or restatements, not both")
    return Restatements(days=days, corrected=0, misplaced=0) if days else restatements


def _parted(
    operations: Mapping[str, Operation | ListOperation] | None, *, observed_fields: bool
) -> tuple[Mapping[str, Operation], Mapping[str, ListOperation]]:
    """Operations of usage and costs, and lists: those of the registry where there are none."""
    served, listed = dict[str, Operation](), dict[str, ListOperation]()
    for name, each in (OPERATIONS if operations is None else operations).items():
        if isinstance(each, ListOperation):
            listed[name] = each
        else:
            served[name] = each if observed_fields else without_observed(each)
    return served, listed or DIRECTORY


def _roster(size: OrganizationSize | None, *, seed: int, organization_id: str) -> Roster:
    drawn = SMALL_ROSTER if size is None else draw_roster(size, seed=seed)
    return attrs.evolve(drawn, organization_id=organization_id)


class Emulator:
    """An HTTP server on loopback that answers for OpenAI's organization usage and costs API, and its lists::

        with Emulator(seed=7) as emulator:
            client = UsageClient(admin_key=emulator.admin_key, base_url=emulator.base_url)

    Its organization is synthetic and nothing is stored: any range of time and any bucket width
    has an answer, always the same one for the same seed.

    Args:
        seed: which organization.
        now: the present in Unix seconds, where usage ends.
        admin_key: the one key that is accepted.
        organization_id: the id that answers name; give several emulators one each for several organizations.
        host: the address to listen on.
        port: the port; 0 for a free one.
        lookback_days: if given, a start before that many days ago (midnight UTC) is refused, as the
            real API refuses one before its past year.
        latency: seconds before each answer. Requests do not wait for each other.
        gzip: whether answers are compressed for clients that accept it.
        restate_days: if given, the newest buckets grow a little until they are that many days old, as
            the real API's do when usage is counted late; otherwise only the one that holds `now`.
        restatements: instead of that, what else is told wrong at first, see `Restatements`: buckets also
            shrink, and rows appear late or vanish.
        size: how many projects, users and keys the organization has, such as
            `OrganizationSize(projects=400, users=2_000, keys=3_000)`; by default it is a small one.
        lively: whether its days differ as those of real organizations do, each project, model and key in its
            own way; by default they are rather alike.
        stories: what happens to it, see `Story`, such as a project that costs three times as much.
        observed_fields: whether answers have the fields that many organizations get and no document
            lists: names of the organization, of projects and users, and times as text.
        faults: what goes wrong, see `FaultPlan`; it may be changed at any time.
        operations: what is served, if not all of the registry; without a list among them, all lists are.

    Raises:
        ConfigurationError: `lookback_days` or `restate_days` is no whole number from 0, or `restatements`
            is given as well; or a story is about nothing that the organization uses.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        now: Callable[[], float] = time.time,
        admin_key: str | None = None,
        organization_id: str = ORGANIZATION_ID,
        host: str = "127.0.0.1",
        port: int = 0,
        lookback_days: int | None = None,
        latency: float = 0.0,
        gzip: bool = True,
        restate_days: int = 0,
        restatements: Restatements | None = None,
        size: OrganizationSize | None = None,
        lively: bool = False,
        stories: Sequence[Story] = (),
        observed_fields: bool = True,
        faults: FaultPlan | None = None,
        operations: Mapping[str, Operation | ListOperation] | None = None,
    ) -> None:
        restating = _restating(restate_days, restatements)
        if lookback_days is not None:
            check_days("lookback_days", lookback_days)
        self._admin_key = DEFAULT_ADMIN_KEY if admin_key is None else admin_key
        self._address = (host, port)
        self._requests: deque[RecordedRequest] = deque(maxlen=RECORDED_REQUESTS)
        self._lock = Lock()
        self._running: tuple[BackgroundServer, str] | None = None
        served, listed = _parted(operations, observed_fields=observed_fields)
        self._injector = FaultInjector({**served, **listed})
        self._injector.plan = faults or FaultPlan()
        roster = _roster(size, seed=seed, organization_id=organization_id)
        ordinary = OrdinaryUse(served, roster=roster, seed=seed, lively=lively)
        organization = Organization(ordinary, restatements=restating, stories=stories)
        paginator = Paginator(organization, lookback_days=lookback_days)
        lists = ListPaginator(roster, ListItems(roster, seed=seed, admin_key=self._admin_key))
        contexts: list[tuple[Operation | ListOperation, ContextOf]] = [
            *((each, usage_context(each, paginator, now=now)) for each in served.values()),
            *((each, list_context(each, lists, now=now)) for each in listed.values()),
        ]
        answering = Answering(
            injector=self._injector,
            admin_key=self._admin_key,
            organization_id=organization_id,
            zip_bodies=gzip,
        )
        routes = build_routes(contexts, answering)
        self._app = RecordingMiddleware(routes, latency=latency, record=self._remember)

    def __repr__(self) -> str:
        """Show where the emulator listens, and no key."""
        return f"<Emulator {self._running[1] if self._running else 'not running'}>"

    @property
    def admin_key(self) -> str:
        """The one key that is accepted, as a bearer token."""
        return self._admin_key

    @property
    def base_url(self) -> str:
        """Where the API is, such as "http://127.0.0.1:54321/v1"; only while running."""
        if self._running is None:
            raise RuntimeError("the emulator is not running; use it in a with statement")
        return self._running[1]

    @property
    def app(self) -> ASGIApp:
        """The ASGI application, to be used without a socket; its paths begin with /v1."""
        return self._app

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests received, oldest first, refused ones included; the last 10,000."""
        with self._lock:
            return list(self._requests)

    @property
    def faults(self) -> FaultPlan:
        """What goes wrong. Set another plan at any time: it counts requests from 1.

        Raises:
            FaultPlanError: on setting, the plan is for an operation that is not served, or that
                cannot have its faults.
        """
        return self._injector.plan

    @faults.setter
    def faults(self, plan: FaultPlan) -> None:
        self._injector.plan = plan

    @property
    def dealt(self) -> list[DealtFault]:
        """The faults that really spoilt an answer, oldest first; the last 10,000."""
        return self._injector.dealt

    def reset(self) -> None:
        """Plan no faults, and forget requests and dealt faults: as new, for the next test."""
        self._injector.plan = FaultPlan()
        self._injector.forget()
        with self._lock:
            self._requests.clear()

    def __enter__(self) -> Self:
        """Listen, and return once requests are answered."""
        if self._running is not None:
            raise RuntimeError("the emulator is already running")
        listener = listen(*self._address)
        server = BackgroundServer(self._app, listener)
        address = listener.getsockname()
        server.launch()
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        self._running = (server, f"http://{host}:{address[1]}{PREFIX}")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and return once the thread has ended and the port is free."""
        if self._running is not None:
            server = self._running[0]
            self._running = None
            server.halt()

    def _remember(self, request: RecordedRequest) -> None:
        with self._lock:
            self._requests.append(request.without_keys())
