"""The time zone that `--timezone` names."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from ...terminal.suggestions import suggestion
from ..errors import WrongUsageError


def read_zone(name: str) -> ZoneInfo:
    """The zone called `name`, such as `Europe/Berlin`.

    Raises:
        WrongUsageError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise WrongUsageError(f"--timezone: {name!r} is no time zone{_meant(name)}") from None


def _meant(name: str) -> str:
    zones = sorted(available_timezones())
    cities = [zone for zone in zones if zone.rpartition("/")[2].lower() == name.strip().lower()]
    return f" (did you mean {cities[0]!r}?)" if cities else suggestion(name, zones)
