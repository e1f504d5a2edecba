"""Three emulated organizations: two whose keys stand in the environment, one with a secret provider."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Callable, Generator
from pathlib import Path

import attrs

from openai_org_usage import UsageClient
from openai_org_usage.emulator import Emulator, Restatements

from . import on_workers
from .on_workers import PRESENT_VARIABLE, SECRETS_VARIABLE

DAY = 86_400
FIRST_PRESENT = 1_796_256_000 + 9 * 3600
"""2026-12-03 09:00 UTC: what may still change reaches into the month before."""
DAYS_LATER = 5
DAYS = 365
"""How far the organizations remember."""
SECRETS = "secrets.json"
"""The secret store. No other file has a key in it."""
LATENCY = 0.25
"""Seconds before each answer, so that there is a middle in which to kill."""


@attrs.define
class ScaleOrganization:
    """One organization."""

    name: str
    emulator: Emulator
    from_provider: bool = False
    """Whether its key comes from the secret provider, else from a variable."""

    @property
    def key_env(self) -> str:
        """The variable."""
        return f"{self.name.upper()}_ADMIN_KEY"

    def client(self, clock: Callable[[], float]) -> UsageClient:
        """A client for it, on this side."""
        return UsageClient(admin_key=self.emulator.admin_key, base_url=self.emulator.base_url, clock=clock)

    def options(self) -> dict[str, str]:
        """What Spark is told of it."""
        place = {f"{self.name}.base_url": self.emulator.base_url}
        if self.from_provider:
            return place | {f"{self.name}.secret_provider": f"{on_workers.__name__}:key_of"}
        return place | {f"{self.name}.key_env": self.key_env}


@attrs.define
class ScaleOrganizations:
    """All of them, and their present."""

    organizations: list[ScaleOrganization]
    folder: Path
    present: float = FIRST_PRESENT

    @property
    def start(self) -> int:
        """The first day that they remember."""
        return FIRST_PRESENT // DAY * DAY - DAYS * DAY

    @property
    def keys(self) -> list[str]:
        """Their keys, which are to be found in no file."""
        return [each.emulator.admin_key for each in self.organizations]

    @property
    def requests(self) -> int:
        """How many they have been asked."""
        return sum(len(each.emulator.requests) for each in self.organizations)

    def forget_requests(self) -> None:
        """Count from 0."""
        for each in self.organizations:
            each.emulator.reset()

    def set_present(self, present: float) -> None:
        """Move on in time, on both sides."""
        self.present = present
        (self.folder / "present").write_text(str(present), encoding="ascii")

    def environment(self) -> dict[str, str]:
        """What Spark's processes have in theirs."""
        keys = {each.name: each.emulator.admin_key for each in self.organizations if each.from_provider}
        store = self.folder / SECRETS
        store.touch(mode=0o600)
        store.write_text(json.dumps(keys), encoding="utf-8")
        return {
            PRESENT_VARIABLE: str(self.folder / "present"),
            SECRETS_VARIABLE: str(store),
            **{
                each.key_env: each.emulator.admin_key for each in self.organizations if not each.from_provider
            },
        }

    def options(self, *only: str) -> dict[str, str]:
        """What Spark is told of them, or of some."""
        chosen = [each for each in self.organizations if not only or each.name in only]
        options = {"organizations": ",".join(each.name for each in chosen), "start_time": str(self.start)}
        for each in chosen:
            options |= each.options()
        return options


@contextlib.contextmanager
def emulated(folder: Path) -> Generator[ScaleOrganizations]:
    """Three organizations that answer; one of them restates its last days."""
    found = ScaleOrganizations([], folder)
    found.set_present(FIRST_PRESENT)
    with contextlib.ExitStack() as stack:
        for seed, name in enumerate(("acme", "beta", "gamma")):
            emulator = Emulator(
                seed=seed,
                organization_id=f"org-{name}",
                now=lambda: found.present,
                admin_key=f"sk-admin-{name}-{secrets.token_hex(24)}",
                latency=LATENCY,
                restatements=Restatements(days=9) if name == "beta" else None,
            )
            stack.enter_context(emulator)
            found.organizations.append(ScaleOrganization(name, emulator, from_provider=name == "gamma"))
        yield found
