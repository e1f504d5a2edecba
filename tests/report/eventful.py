"""A report of a month in which something happened, so that every section of it has something to show."""

from __future__ import annotations

from datetime import UTC, date, datetime

from openai_org_usage import UsageClient
from openai_org_usage.emulator import Emulator, Story, StoryKind
from openai_org_usage.report import Report, collect

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SPIKE = Story(
    kind=StoryKind.SPIKE,
    first_day=date(2026, 11, 17),
    last_day=date(2026, 11, 19),
    amount=1500,
    project_id="proj_support_assistant",
    line_item="gpt-5-2025-08-07, output",
)


def eventful_report() -> Report:
    """Of a lively organization, read from an emulator; names included."""
    with (
        Emulator(now=lambda: int(NOON.timestamp()), lively=True, stories=[SPIKE]) as emulator,
        UsageClient(admin_key=emulator.admin_key, base_url=emulator.base_url, clock=NOON.timestamp) as client,
    ):
        return collect(client, now=NOON, names=client.names())
