"""The Spark data source reads each organization with its own key, which is in nothing that Spark keeps."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

pytest.importorskip("pyspark.sql.datasource", reason="needs the extra spark")


from openai_org_usage.connectors.spark import OpenAIUsageSource
from openai_org_usage.emulator import Emulator
from openai_org_usage.errors import AuthenticationError, ConfigurationError

from ..conftest import NOW
from .spark_reads import CANARY, options, read, reader_of

pytestmark = pytest.mark.usefixtures("executor_keys")


def test_the_organization_is_known_by_its_answers() -> None:
    """Its id comes with each answer, if results do not say it themselves."""
    with Emulator(now=lambda: NOW, observed_fields=False) as plain:
        os.environ["ACME_KEY"] = plain.admin_key
        found = read(reader_of(options(plain, organizations="acme", start_time="2d")))
    assert found.num_rows > 0
    assert found["organization_id"].null_count == 0


def test_every_organization_has_its_own_key(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """And address. A key that is missing is named; none takes its place."""
    with Emulator(now=lambda: NOW, admin_key="sk-admin-of-beta-alone") as other:
        given = options(emulator, start_time="1d") | {"beta.base_url": other.base_url}
        with pytest.raises(AuthenticationError):
            read(reader_of(given))
        monkeypatch.setenv("BETA_KEY", "sk-admin-of-beta-alone")
        read(reader_of(given))
        monkeypatch.delenv("BETA_KEY")
        with pytest.raises(ConfigurationError, match="BETA_KEY"):
            read(reader_of(given))


def test_one_organization_needs_no_name(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is called default, and its key stands where the client looks for it."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", emulator.admin_key)
    monkeypatch.setenv("OPENAI_BASE_URL", emulator.base_url)
    found = read(reader_of({"endpoint": "costs", "start_time": "2d"}))
    assert set(found["organization"].to_pylist()) == {"default"}


def test_the_file_of_an_archive_lists_organizations(emulator: Emulator, tmp_path: Path) -> None:
    """`organizations.toml`, read on the driver; all of them, or those that are named."""
    file = tmp_path / "organizations.toml"
    lines = [f'[organizations.{name}]\nkey_env = "{name.upper()}_KEY"' for name in ("acme", "beta")]
    file.write_text("\n".join(lines), encoding="utf-8")
    given = {
        "endpoint": "costs",
        "start_time": "2d",
        "base_url": emulator.base_url,
        "organizations_file": str(file),
    }
    assert set(read(reader_of(given))["organization"].to_pylist()) == {"acme", "beta"}
    assert set(read(reader_of(given | {"organizations": "beta"}))["organization"].to_pylist()) == {"beta"}


def key_of(organization: str) -> str:
    """A secret provider."""
    return os.environ[f"{organization.upper()}_KEY"]


def no_key_of(organization: str) -> str:
    """A secret provider that says too much."""
    raise KeyError(f"no {organization} beside {CANARY}")


def odd_key_of(organization: str) -> int:
    """A secret provider that gives no text."""
    return len(organization)


def test_a_secret_provider_is_asked_on_the_executor(emulator: Emulator) -> None:
    """For each organization by its name, when a task runs."""
    given = options(emulator, secret_provider=f"{__name__}:key_of", start_time="2d")
    assert set(read(reader_of(given))["organization"].to_pylist()) == {"acme", "beta"}


@pytest.mark.parametrize(
    ("function", "said"), [("no_key_of", "no acme beside"), ("odd_key_of", "int"), ("nobody", "nobody")]
)
def test_a_secret_provider_that_fails_is_named(emulator: Emulator, function: str, said: str) -> None:
    """With what it says itself, keys left out."""
    given = options(emulator, organizations="acme", secret_provider=f"{__name__}:{function}")
    with pytest.raises(ConfigurationError, match=f"has no key of acme: .*{said}") as caught:
        read(reader_of(given))
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_goes_through_spark_holds_no_key(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Source, reader, partitions: their pickles go to executors and into files, their reprs into logs."""
    monkeypatch.setenv("ACME_KEY", CANARY)
    source = OpenAIUsageSource(options(emulator, pushdown="true"))
    reader = source.reader(source.schema())
    everything = (source, reader, *reader.partitions())
    assert CANARY.encode() not in pickle.dumps([source.options, *everything[1:]])
    assert CANARY not in repr([vars(each) for each in everything])


def test_a_refused_key_is_in_no_error(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of a task is written to the event log."""
    monkeypatch.setenv("ACME_KEY", CANARY)
    with pytest.raises(AuthenticationError) as caught:
        read(reader_of(options(emulator, organizations="acme")))
    assert CANARY not in repr(caught.value)
