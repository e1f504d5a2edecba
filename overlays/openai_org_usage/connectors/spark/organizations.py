"""Whose usage is read by Spark, and where an executor finds the key. The key itself is in none of these."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import attrs

from ..._generated import redacted
from ...archive.organizations_file import VARIABLE, ArchiveOrganization, read_organizations
from ...archive.partition_paths import checked_name
from ...client import UsageClient
from ...credentials import KEY_VARIABLE, AdminKey, checked_base_url
from ...errors import ConfigurationError

NAMES: Final = "organizations"
FILE: Final = "organizations_file"
ACCESS: Final = ("key_env", "secret_provider", "base_url")
"""The options that can be given for one organization, as `acme.key_env`, or for all."""
_ONE: Final = "default"
_PROVIDER: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


@attrs.frozen(kw_only=True)
class SparkOrganization:
    """An organization, and where an executor finds its key.

    Attributes:
        name: what stands in the column `organization`.
        key_env: the environment variable of the executors that holds its admin key.
        secret_provider: what is asked for the key instead, as `module:function`; None if the variable has it.
        base_url: where its API is; None for OPENAI_BASE_URL of the executors, else OpenAI's.
    """

    name: str
    key_env: str
    secret_provider: str | None
    base_url: str | None

    def client(self, *, clock: Callable[[], float]) -> UsageClient:
        """A client for it, on the executor. It reads one page after the other: it is tasks that run at once.

        Raises:
            ConfigurationError: there is no key, or it is of another kind.
        """
        return UsageClient(admin_key=self._key(), base_url=self.base_url, concurrency=1, clock=clock)

    def _key(self) -> str:
        if self.secret_provider is None:
            return AdminKey.from_environment(self.key_env).reveal()
        return _provided(self.secret_provider, self.name)


def organizations_of(given: Mapping[str, str]) -> tuple[SparkOrganization, ...]:
    """The organizations that the options name, or their file; else one, whose key is in OPENAI_ADMIN_KEY.

    Raises:
        ConfigurationError: one has no key, or the file cannot be read.
        InvalidParameterError: one cannot be called so.
    """
    listed = {each.name: each for each in read_organizations(given[FILE])} if FILE in given else {}
    text = given.get(NAMES, ",".join(listed) or _ONE)
    names = [checked_name(part.strip(), parameter=NAMES) for part in text.split(",") if part.strip()]
    if not names or len({name.lower() for name in names}) < len(names):
        raise ConfigurationError(f"{NAMES} are names with commas between, each once")
    return tuple(_organization(name, given, listed=listed.get(name), alone=len(names) == 1) for name in names)


def own_options(organizations: Sequence[SparkOrganization]) -> set[str]:
    """What options of their own they may have, such as `acme.key_env`."""
    return {f"{each.name.lower()}.{access}" for each in organizations for access in ACCESS}


def _organization(
    name: str, given: Mapping[str, str], *, listed: ArchiveOrganization | None, alone: bool
) -> SparkOrganization:
    """One organization: by its own options, else the file, else the options for all."""
    own_env, own_provider, own_url = (given.get(f"{name.lower()}.{access}") for access in ACCESS)
    key_env = own_env or (listed.key_env if listed else given.get("key_env") if alone else None)
    provider = own_provider or (None if key_env else given.get("secret_provider"))
    if key_env is None and provider is None and not alone:
        raise ConfigurationError(
            f'{name} has no key_env: with several organizations, .option("{name}.key_env", "THE_VARIABLE") '
            "says for each which environment variable of the executors holds its key"
        )
    key_env = key_env or KEY_VARIABLE
    if not VARIABLE.fullmatch(key_env):
        raise ConfigurationError(f"the key_env of {name} is no name of an environment variable in capitals")
    if provider is not None and not _PROVIDER.fullmatch(provider):
        raise ConfigurationError(f"the secret_provider of {name} is not written module:function")
    base_url = own_url or (listed and listed.base_url) or given.get("base_url")
    return SparkOrganization(
        name=name,
        key_env=key_env,
        secret_provider=provider,
        base_url=None if base_url is None else checked_base_url(base_url),
    )


def _provided(provider: str, name: str) -> str:
    """What `provider` says is the key of the organization called `name`."""
    module, _, function = provider.partition(":")
    try:
        key: object = getattr(importlib.import_module(module), function)(name)
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
    else:
        if isinstance(key, str):
            return key
        problem = f"it gave no text, but {type(key).__name__}"
    raise ConfigurationError(redacted(f"the secret_provider {provider} has no key of {name}: {problem}"))


__all__ = ["ACCESS", "FILE", "NAMES", "SparkOrganization", "organizations_of", "own_options"]
