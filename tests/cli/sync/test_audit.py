"""`sync --audit`: what differs between the archive and the API, and the exit code that says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import Altered, MissingScope

from ..conftest import Run
from .kept_files import FEW, content


def test_an_audit_finds_what_differs(command: Run, emulator: Emulator, folder: Path) -> None:
    """Nothing is written; the exit code says whether anything does."""
    assert command(f"sync usage {FEW}").code == 0
    before = content(folder)
    said = command("sync usage --audit")
    assert said.code == 0
    assert said.out.splitlines()[-1].startswith("0 differences, ")

    def doubled(page: dict[str, Any]) -> dict[str, Any]:
        for bucket in page["data"]:
            for result in bucket["results"]:
                result["usage_bytes"] *= 2
        return page

    emulator.faults = FaultPlan(Altered(doubled))
    said = command("sync usage --audit")
    assert said.code == Exit.DIFFERENCES
    assert "usage_bytes: " in said.err
    assert "and 8 differences more, which --output FILE lists" in said.err
    listed = command("sync usage --audit --output differences.csv")
    assert (listed.code, listed.out) == (said.code, said.out)
    head, *rows = Path("differences.csv").read_text().splitlines()
    assert head.startswith("organization,source_table,start_time,end_time,dimensions,field,before,after,")
    assert len(rows) == 18
    assert content(folder) == before


def test_an_audit_that_compared_nothing_does_not_say_that_all_is_well(
    command: Run, emulator: Emulator
) -> None:
    """A table that was never synced is named, and so is one that is refused."""
    assert command(f"sync usage {FEW}").code == 0
    said = command("sync usage --audit --table moderations")
    assert said.code == Exit.NOT_ALL
    assert said.out.splitlines() == ["moderations: not synced yet", "0 differences, 0 requests"]
    emulator.faults = FaultPlan(MissingScope())
    said = command("sync usage --audit")
    assert said.code == Exit.NOT_PERMITTED
    assert said.out.startswith("vector_stores: refused")
