"""The contestant of `organizations`: a turn brings an archive of several up to a moment."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..child import KEY, Reading, timed
from .memory import peak


def sync(
    *, folder: str, origin: str, names: str, milliseconds: int, since: int, now: int
) -> Callable[[], Reading]:
    """All organizations at once, each with all tables and lists; reads rows, requests, peak, CPU seconds.

    It leaves pandas out, as the command does.
    """
    from openai_org_usage import Archive, UsageClient
    from openai_org_usage.archive.organizations import (
        OrganizationOutcome,
        shared_concurrency,
        sync_organizations,
    )
    from openai_org_usage.archive.organizations_file import ArchiveOrganization
    from openai_org_usage.archive.sync.sync_result import SyncResult
    from openai_org_usage.cli.own_process import pandas_left_out

    organizations = [ArchiveOrganization(name=name, key_env="unused") for name in names.split(",")]

    shared = shared_concurrency(len(organizations))

    def client(organization: ArchiveOrganization) -> UsageClient:
        base_url = f"{origin}/{milliseconds}/{now}/{organization.name}/v1"
        return UsageClient(admin_key=KEY, base_url=base_url, clock=lambda: now, concurrency=shared)

    def run() -> tuple[OrganizationOutcome[SyncResult], ...]:
        archive = Archive(folder, clock=lambda: now)
        with pandas_left_out():
            return sync_organizations(archive, organizations, make_client=client, since=since)

    def digest(outcomes: tuple[OrganizationOutcome[SyncResult], ...]) -> list[float]:
        for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
        results = [outcome.result for outcome in outcomes if outcome.result is not None]
        rows, requests = sum(each.rows for each in results), sum(each.requests for each in results)
        return [rows, requests, peak(), time.process_time()]

    return timed(run, digest)
