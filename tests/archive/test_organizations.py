"""Several organizations at once: whose key goes where, and what becomes of the others when one fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import attrs
import pytest

from openai_org_usage import (
    Archive,
    AuthenticationError,
    ConfigurationError,
    DuplicateOrganizationError,
    UsageClient,
)
from openai_org_usage.archive.organizations import client_of, for_each_organization, sync_organizations
from openai_org_usage.archive.organizations_file import ArchiveOrganization
from openai_org_usage.emulator import Emulator

from ..conftest import MIDNIGHT, NOW

NAMES = ("acme", "beta", "gamma")


@pytest.fixture(scope="module")
def emulators() -> Iterator[dict[str, Emulator]]:
    """One for each organization; each accepts no key but its own."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                Emulator(
                    seed=number,
                    now=lambda: NOW,
                    organization_id=f"org-{name}",
                    admin_key=f"sk-admin-of-{name}-0123456789",
                )
            )
            for number, name in enumerate(NAMES)
        }


@pytest.fixture
def organizations(
    emulators: dict[str, Emulator], monkeypatch: pytest.MonkeyPatch
) -> tuple[ArchiveOrganization, ...]:
    """Their keys are in the environment."""
    for name, emulator in emulators.items():
        monkeypatch.setenv(f"{name.upper()}_KEY", emulator.admin_key)
    return tuple(
        ArchiveOrganization(name=name, key_env=f"{name.upper()}_KEY", base_url=emulator.base_url)
        for name, emulator in emulators.items()
    )


def at_noon(organization: ArchiveOrganization) -> UsageClient:
    """A client whose clock stands still, as that of its emulator does."""
    key, base_url = organization.admin_key(), organization.base_url
    return UsageClient(admin_key=key, base_url=base_url, clock=lambda: NOW)


def files(folder: Path) -> dict[str, bytes]:
    """The tables of an archive, by their paths."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.parquet")}


def spent(client: UsageClient, name: str) -> tuple[str, int]:
    days = client.costs(start_time=MIDNIGHT - 86_400, end_time=MIDNIGHT)
    return name, sum(len(bucket.results) for bucket in days)


def test_all_are_asked_at_once(organizations: tuple[ArchiveOrganization, ...]) -> None:
    """None waits for another; the outcomes are in the order of the organizations."""
    all_at_once = threading.Barrier(len(NAMES), timeout=60)

    def work(client: UsageClient, name: str) -> str:
        all_at_once.wait()
        return name

    outcomes = for_each_organization(organizations, work)
    assert [(each.organization, each.result, each.error) for each in outcomes] == [
        (name, name, None) for name in NAMES
    ]


def test_no_key_goes_to_another(
    organizations: tuple[ArchiveOrganization, ...], emulators: dict[str, Emulator]
) -> None:
    """Each emulator refuses all keys but its own, and is asked exactly what its own client asks."""
    before = {name: len(emulator.requests) for name, emulator in emulators.items()}
    outcomes = for_each_organization(organizations, spent)
    assert [each.error for each in outcomes] == [None] * len(NAMES)
    assert {name: len(each.requests) - before[name] for name, each in emulators.items()} == dict.fromkeys(
        NAMES, 1
    )


def test_all_are_kept_in_one_archive(
    organizations: tuple[ArchiveOrganization, ...],
    emulators: dict[str, Emulator],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Each with the rows that it has alone; one whose key is refused has none, and harms no other."""
    pytest.importorskip("pyarrow")
    monkeypatch.setenv("BETA_KEY", emulators["gamma"].admin_key)
    together = Archive(tmp_path / "together")
    acme, beta, gamma = sync_organizations(
        together, organizations, make_client=at_noon, tables=["images"], since="3d", names=False
    )
    assert isinstance(beta.error, AuthenticationError)
    assert set(together.manifest().organizations) == {"acme", "gamma"}
    for outcome, organization in ((acme, organizations[0]), (gamma, organizations[2])):
        alone = Archive(tmp_path / outcome.organization)
        with at_noon(organization) as client:
            alone.sync(client, organization=outcome.organization, tables=["images"], since="3d", names=False)
        assert files(tmp_path / outcome.organization) == {
            path: content
            for path, content in files(tmp_path / "together").items()
            if f"organization={outcome.organization}/" in path
        }
    assert acme.result is not None
    assert gamma.result is not None
    assert acme.result.rows > 0 < gamma.result.rows


@pytest.mark.parametrize("tables", [["images"], []], ids=["a table", "names alone"])
def test_one_organization_is_kept_under_one_name(
    tables: list[str],
    organizations: tuple[ArchiveOrganization, ...],
    tmp_path: Path,
) -> None:
    """Of two names with the key of one organization, synced at once, one wins; the others go on."""
    pytest.importorskip("pyarrow")
    acme, beta, _ = organizations
    again = attrs.evolve(acme, name="again")
    archive = Archive(tmp_path)
    outcomes = sync_organizations(
        archive, [acme, again, beta], make_client=at_noon, tables=tables, since="3d"
    )
    refused, *others = sorted(outcomes, key=lambda each: each.error is None)
    assert isinstance(refused.error, DuplicateOrganizationError)
    assert refused.error.kept_as == ({"acme", "again"} - {refused.organization}).pop()
    assert [each.error for each in others] == [None, None]
    assert {state.id for state in archive.manifest().organizations.values()} == {"org-acme", "org-beta"}
    assert not [path for path in files(tmp_path) if f"organization={refused.organization}/" in path]


def test_one_that_fails_does_not_stop_the_others(
    organizations: tuple[ArchiveOrganization, ...],
    emulators: dict[str, Emulator],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A key that is missing, and one that is refused: the errors are in the outcomes."""
    monkeypatch.delenv("ACME_KEY")
    monkeypatch.setenv("BETA_KEY", emulators["gamma"].admin_key)
    acme, beta, gamma = for_each_organization(organizations, spent)
    assert isinstance(acme.error, ConfigurationError)
    assert "ACME_KEY" in str(acme.error)
    assert isinstance(beta.error, AuthenticationError)
    assert gamma.error is None
    assert gamma.result is not None


def test_ctrl_c_ends_them_all(organizations: tuple[ArchiveOrganization, ...]) -> None:
    """Their clients are closed, and their threads have ended, before it is raised."""
    begun = threading.Semaphore(0)
    ended: list[str] = []

    def work(client: UsageClient, name: str) -> None:
        begun.release()
        try:
            while True:
                spent(client, name)
        except ConfigurationError:  # The client is closed.
            ended.append(name)

    def interrupted(organization: ArchiveOrganization) -> UsageClient:
        if organization.name == NAMES[-1]:
            for _ in NAMES[1:]:
                begun.acquire()
            raise KeyboardInterrupt
        return client_of(organization)

    with pytest.raises(KeyboardInterrupt):
        for_each_organization(organizations, work, make_client=interrupted)
    assert sorted(ended) == [*NAMES[:-1]]
