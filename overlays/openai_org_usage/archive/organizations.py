"""Several organizations at once, in one archive: each by a client and under limits of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Generic, TypedDict, TypeVar, Unpack

import attrs

from ..client import UsageClient
from ..errors import ConfigurationError
from ..options import DEFAULT_CONCURRENCY
from .organizations_file import ArchiveOrganization

if TYPE_CHECKING:
    from .archive import Archive
    from .archive_table import ArchiveTable
    from .sync.sync_result import SyncProgress, SyncResult

ResultT = TypeVar("ResultT")
MakeClient = Callable[[ArchiveOrganization], UsageClient]


class SyncSettings(TypedDict, total=False):
    """What a sync may be told; each is described at `Archive.sync`."""

    tables: Iterable[ArchiveTable | str] | None
    lookback: str
    since: str | int | datetime | None
    names: bool
    repair: bool
    on_progress: Callable[[SyncProgress], object] | None


@attrs.frozen(kw_only=True)
class OrganizationOutcome(Generic[ResultT]):
    """What became of one organization: a result, or why there is none.

    Attributes:
        organization: its name.
        result: what was asked for; None if that failed.
        error: why it failed; None if it did not. What was complete before that is kept.
    """

    organization: str
    result: ResultT | None = None
    error: Exception | None = None


def client_of(organization: ArchiveOrganization, *, concurrency: int = DEFAULT_CONCURRENCY) -> UsageClient:
    """A client with the key and the address of `organization`.

    Raises:
        ConfigurationError: its variable is not set, or holds a key of another kind.
    """
    return UsageClient(
        admin_key=organization.admin_key(), base_url=organization.base_url, concurrency=concurrency
    )


def shared_concurrency(organizations: int, *, whole: int = DEFAULT_CONCURRENCY) -> int:
    """How many requests each may have under way, of the `whole`: pages that were read ahead take memory.

    With five at once it is 0.6 GB instead of 1 GB for a year by the day, and not slower.
    """
    return -(-whole // max(1, organizations))


def sync_organizations(
    archive: Archive,
    organizations: Iterable[ArchiveOrganization],
    *,
    make_client: MakeClient | None = None,
    **settings: Unpack[SyncSettings],
) -> tuple[OrganizationOutcome[SyncResult], ...]:
    """Sync all of them at once, each as `Archive.sync` does, with the same settings.

    One that fails does not stop the others: its error is in its outcome. Ctrl-C ends them all, and what is
    complete is kept. Without `make_client`, they share the requests that a client has under way.
    """
    every = tuple(organizations)
    usual = partial(client_of, concurrency=shared_concurrency(len(every)))

    def sync(client: UsageClient, name: str) -> SyncResult:
        return archive.sync(client, organization=name, **settings)

    return for_each_organization(every, sync, make_client=make_client or usual)


def for_each_organization(
    organizations: Iterable[ArchiveOrganization],
    work: Callable[[UsageClient, str], ResultT],
    *,
    make_client: MakeClient = client_of,
) -> tuple[OrganizationOutcome[ResultT], ...]:
    """What `work` gives for the client and the name of each, all at once, in their order.

    An interruption closes the clients, and lasts until what is being written is whole.
    """
    tasks = [_OrganizationTask(each, work) for each in organizations]
    try:
        for task in tasks:
            task.begin(make_client)
        for task in tasks:
            task.wait()
    finally:
        for task in tasks:
            task.close()
        for task in tasks:
            task.wait()
    return tuple(task.outcome for task in tasks)


@attrs.define(eq=False)
class _OrganizationTask(Generic[ResultT]):
    """The work for one organization, on a thread of its own."""

    organization: ArchiveOrganization
    work: Callable[[UsageClient, str], ResultT]
    outcome: OrganizationOutcome[ResultT] = attrs.field(init=False)
    _client: UsageClient | None = attrs.field(init=False, default=None)
    _thread: threading.Thread | None = attrs.field(init=False, default=None)

    def begin(self, make_client: MakeClient) -> None:
        name = self.organization.name
        try:
            client = self._client = make_client(self.organization)
        except ConfigurationError as error:
            self.outcome = OrganizationOutcome(organization=name, error=error)
            return
        self._thread = threading.Thread(
            target=self._run, args=[client], name=f"organization {name}", daemon=True
        )
        self._thread.start()

    def wait(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Have nothing more come from the API."""
        if self._client is not None:
            self._client.close()

    def _run(self, client: UsageClient) -> None:
        name = self.organization.name
        try:
            self.outcome = OrganizationOutcome(organization=name, result=self.work(client, name))
        except Exception as error:
            self.outcome = OrganizationOutcome(organization=name, error=error)
