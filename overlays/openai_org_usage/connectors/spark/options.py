"""The options of a Spark read, checked on the driver: what is asked for, and of whom.

No key is among them. Spark writes options into plans and event logs, so one that holds a key is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from ..._generated import holds_key
from ...archive.archive_table import ArchiveTable
from ...errors import ConfigurationError
from ...times import resolve_time
from .organizations import ACCESS, FILE, NAMES, SparkOrganization, organizations_of, own_options

_ENDPOINT: Final = "endpoint"
_PUSHDOWN: Final = "pushdown"
_TIMES: Final = ("start_time", "end_time")
_FOR_ALL: Final = (_ENDPOINT, "group_by", "bucket_width", *_TIMES, _PUSHDOWN, NAMES, FILE, *ACCESS)


@attrs.frozen(kw_only=True)
class SparkOptions:
    """What a Spark read asks for.

    Attributes:
        table: endpoint, grouping and width of buckets.
        start_time: in Unix seconds; None if only a filter says it.
        end_time: in Unix seconds; None for the present.
        organizations: whose.
        pushdown: whether filters narrow what is asked for.
    """

    table: ArchiveTable
    start_time: int | None
    end_time: int | None
    organizations: tuple[SparkOrganization, ...]
    pushdown: bool

    @classmethod
    def of(cls, options: Mapping[str, str], *, now: float) -> SparkOptions:
        """The options of a read that is planned at `now`.

        Raises:
            ConfigurationError: one is unknown, missing or holds a key.
            InvalidParameterError: there is no such endpoint, dimension, width or time.
        """
        given = {name.lower(): value for name, value in options.items()}
        _refuse_keys(given)
        organizations = organizations_of(given)
        _refuse_unknown(given, organizations)
        table = _table(given)
        start, end = (
            resolve_time(given[name], parameter=name, now=now, width=table.seconds) if name in given else None
            for name in _TIMES
        )
        return cls(
            table=table,
            start_time=start,
            end_time=end,
            organizations=organizations,
            pushdown=_flag(_PUSHDOWN, given),
        )


def _table(given: Mapping[str, str]) -> ArchiveTable:
    if _ENDPOINT not in given:
        raise ConfigurationError('the endpoint is missing: .option("endpoint", "costs")')
    group_by = given.get("group_by")
    names = None if group_by is None else [part.strip() for part in group_by.split(",") if part.strip()]
    width = given.get("bucket_width", "1d")
    return ArchiveTable.of(given[_ENDPOINT], group_by=names, bucket_width=width)


def _flag(name: str, given: Mapping[str, str]) -> bool:
    text = given.get(name, "false").lower()
    if text not in ("true", "false"):
        raise ConfigurationError(f"{name} is true or false, not {text!r}")
    return text == "true"


def _refuse_keys(given: Mapping[str, str]) -> None:
    for name, value in given.items():
        if holds_key(name) or holds_key(value):
            raise ConfigurationError(
                "an option has a key in it, and Spark writes options into its logs: revoke that key, put a "
                "new one into an environment variable of the executors, and name that as key_env"
            )


def _refuse_unknown(given: Mapping[str, str], organizations: tuple[SparkOrganization, ...]) -> None:
    if unknown := sorted(given.keys() - {*_FOR_ALL, *own_options(organizations)}):
        known = [*_FOR_ALL, *(f"NAME.{access}" for access in ACCESS)]
        raise ConfigurationError(f"there is no option {', '.join(unknown)}; there are {', '.join(known)}")


__all__ = ["SparkOptions"]
