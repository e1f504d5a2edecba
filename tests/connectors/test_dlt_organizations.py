"""Several organizations in one source for dlt: their keys stay secret, and their rows apart."""

from __future__ import annotations

import gzip
import json
import traceback
from pathlib import Path

import pytest

pytest.importorskip("dlt")
pytest.importorskip("duckdb")

import dlt
from dlt.common.configuration.exceptions import ValueNotSecretException
from dlt.pipeline.exceptions import PipelineStepFailed

from openai_org_usage import AuthenticationError, UsageClient
from openai_org_usage.connectors.dlt import FailedReading
from openai_org_usage.emulator import Emulator

from ..conftest import DAY, MIDNIGHT
from ..contract.profiles import LONG
from .dlt_pipelines import Warehouse, full_pull, keep_to
from .restated_costs import restated_costs

CANARY = "sk-admin-canary-3f9a1c"


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """An empty one, and dlt kept to a folder."""
    keep_to(tmp_path, monkeypatch)
    return Warehouse(tmp_path)


def test_one_that_fails_stops_the_others_only_if_nobody_is_told(warehouse: Warehouse) -> None:
    """A run that fails brings nothing; with `on_failure` the others come, and that one with the next run."""
    one, two = restated_costs({-2: [("a", "1")]}), restated_costs({-2: [("b", "2")], -1: [("b", "2")]})
    failed: list[FailedReading] = []
    with one as first, two as second, first.client() as good, second.client(admin_key=CANARY) as refused:
        organizations = {"refused": refused, "good": good}
        with pytest.raises(PipelineStepFailed, match="API key"):
            warehouse.load(organizations)
        warehouse.load(organizations, on_failure=failed.append)
        assert [(each.organization, each.table) for each in failed] == [("refused", "costs")]
        assert isinstance(failed[0].error, AuthenticationError)
        assert warehouse.rows(organization="good") == full_pull(good)
        first.rows = {}
        with second.client() as mended:
            warehouse.load({"refused": mended, "good": good})
            assert warehouse.rows(organization="refused") == full_pull(mended)
        assert not warehouse.rows(organization="good")


@pytest.mark.parametrize("given", ["in the environment", "in a file"])
def test_keys_are_in_no_file_and_no_error(
    warehouse: Warehouse, running_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    """Neither in what dlt keeps of a run, nor in what it says of one that fails."""
    keys, section = {"one": running_emulator.admin_key}, "SOURCES__OPENAI_ORG_USAGE__"
    monkeypatch.setenv(f"{section}BASE_URL", running_emulator.base_url)
    if given == "in a file":
        secrets = f'[sources.openai_org_usage.organizations]\none = "{running_emulator.admin_key}"\n'
        written_to(warehouse.folder / ".dlt" / "secrets.toml", secrets)
    else:
        monkeypatch.setenv(f"{section}ORGANIZATIONS", json.dumps(keys))
    warehouse.load(since="2d")
    assert warehouse.ask("select count(*) > 0 from costs where organization = 'one'") == [(True,)]
    assert_nowhere(running_emulator.admin_key, warehouse)
    monkeypatch.setenv(f"{section}ORGANIZATIONS", json.dumps({"one": CANARY}))
    with pytest.raises(PipelineStepFailed) as failed:
        warehouse.load(since="2d")
    said = "".join(traceback.TracebackException.from_exception(failed.value, capture_locals=True).format())
    assert CANARY not in said
    assert_nowhere(CANARY, warehouse)


def test_one_key_is_in_no_file(
    warehouse: Warehouse, running_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key of the only organization is as secret."""
    monkeypatch.setenv("SOURCES__OPENAI_ORG_USAGE__BASE_URL", running_emulator.base_url)
    monkeypatch.setenv("SOURCES__OPENAI_ORG_USAGE__ADMIN_KEY", running_emulator.admin_key)
    warehouse.load(since="2d")
    assert_nowhere(running_emulator.admin_key, warehouse)


def test_keys_do_not_belong_in_the_file_without_secrets(warehouse: Warehouse) -> None:
    """dlt takes them from no `config.toml`, and does not repeat them."""
    keys = f'[sources.openai_org_usage.organizations]\none = "{CANARY}"\n'
    written_to(warehouse.folder / ".dlt" / "config.toml", keys)
    with pytest.raises(ValueNotSecretException) as refused:
        warehouse.load()
    assert CANARY not in str(refused.value)


def test_another_organization_under_the_same_name_is_refused(warehouse: Warehouse) -> None:
    """Nothing of it is loaded."""
    with restated_costs({}) as costs, costs.client() as client:
        warehouse.extract(client)
    other = Emulator(organization_id="org-other", now=lambda: costs.now)
    with (
        other,
        UsageClient(admin_key=other.admin_key, base_url=other.base_url) as client,
        pytest.raises(PipelineStepFailed, match="another name"),
    ):
        warehouse.extract(client)


@pytest.mark.skipif(not LONG, reason="little that is our own: CONTRACT=long")
def test_names_outlive_the_lists(warehouse: Warehouse) -> None:
    """What is in no list any more keeps its row, with when it was last seen."""
    with restated_costs({}) as costs, costs.client() as client:
        names = client.names()
        warehouse.load(client, names=True)
        costs.now += DAY
        costs.lists_are_empty = True
        warehouse.load(client, names=True)
    query = "select id, name, epoch(last_seen_at)::bigint from {}"
    for table, listed in (("projects", names.projects), ("users", names.users), ("api_keys", names.api_keys)):
        seen = {(each.id, each.name, MIDNIGHT) for each in listed.values()}
        assert seen
        assert set(warehouse.ask(query.format(table))) == seen


def written_to(path: Path, text: str) -> None:
    """Put a file of dlt's configuration there, and have dlt read it."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    dlt.current.run_context().reload()


def assert_nowhere(key: str, warehouse: Warehouse) -> None:
    """Make sure that it is in nothing that dlt has written, nor in what it says of its last run."""
    configuration = warehouse.folder / ".dlt"
    files = [path for path in warehouse.folder.rglob("*") if configuration not in path.parents]
    assert key.encode() not in b"".join(map(content, files))
    trace = warehouse.pipeline.last_trace
    assert trace.resolved_config_values
    assert key not in f"{trace.asdict()} {trace.asstr(3)} {warehouse.pipeline.state}"


def content(path: Path) -> bytes:
    """What is in a file, unzipped; nothing in a folder."""
    data = path.read_bytes() if path.is_file() else b""
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
