"""Refusals, in the words and shape of the real API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal


class ApiError(Exception):
    """An answer other than 200: a status and the members of the documented error body."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        param: str | None = None,
        code: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.param = param
        self.code = code
        self.kind = kind

    def body(self) -> dict[str, object]:
        """The JSON body: `{"error": {"message", "type", "param", "code"}}`."""
        return {
            "error": {
                "message": self.message,
                "type": self.kind,
                "param": self.param,
                "code": self.code,
            }
        }


def unknown_parameter(name: str) -> ApiError:
    """Refuse a query parameter that the operation does not have."""
    return ApiError(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")


def missing_parameter(name: str) -> ApiError:
    """Refuse a query that lacks a required parameter."""
    return ApiError(f"Missing required parameter: '{name}'.", param=name, code="missing_required_parameter")


def wrong_type(name: str, expected: str) -> ApiError:
    """Refuse a value that cannot be read as the parameter's type."""
    article = "an" if expected[0] in "aeiou" else "a"
    return ApiError(
        f"Invalid type for '{name}': expected {article} {expected}, but got a string instead.",
        param=name,
        code="invalid_type",
    )


def invalid_value(name: str, value: str, supported: Sequence[str]) -> ApiError:
    """Refuse a value outside a closed list."""
    quoted = [f"'{each}'" for each in supported]
    listed = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])}, and {quoted[-1]}"
    return ApiError(
        f"Invalid value: '{value}'. Supported values are: {listed}.",
        param=name,
        code="invalid_value",
    )


def rejected(name: str, reason: str) -> ApiError:
    """Refuse a value for a reason that is a sentence of its own."""
    return ApiError(f"Invalid '{name}': {reason}", param=name, code="invalid_value")


def below_minimum(name: str, value: int, minimum: int) -> ApiError:
    """Refuse an integer that is too small."""
    return ApiError(
        f"Invalid '{name}': integer below minimum value. "
        f"Expected a value >= {minimum}, but got {value} instead.",
        param=name,
        code="integer_below_min_value",
    )


def above_maximum(name: str, value: int, maximum: int) -> ApiError:
    """Refuse an integer that is too large."""
    return ApiError(
        f"Invalid '{name}': integer above maximum value. "
        f"Expected a value <= {maximum}, but got {value} instead.",
        param=name,
        code="integer_above_max_value",
    )


Naming = Literal["both", "date", "seconds", "nothing"]
"""How a refusal names the earliest start."""


Period = Literal["days", "year"]
"""How a refusal names the time that is kept."""


def lookback_exceeded(
    earliest: int, days: int, *, naming: Naming = "both", period: Period = "days"
) -> ApiError:
    """Refuse a start before `earliest` (Unix seconds), naming it as a date and as a number."""
    day = datetime.fromtimestamp(earliest, UTC).date().isoformat()
    named = {
        "both": f" Earliest supported start date: {day} (UTC), start_time {earliest}.",
        "date": f" Earliest supported start date: {day} (UTC).",
        "seconds": f" Earliest supported start_time: {earliest}.",
        "nothing": "",
    }
    kept = {"days": f"{days} days", "year": "year (UTC)"}
    return ApiError(
        f"Usage and cost data are available for the past {kept[period]}.{named[naming]}",
        param="start_time",
        code="reporting_lookback_exceeded",
    )


def grouping_refused(dimension: str) -> ApiError:
    """Refuse a documented value of `group_by` that is not open to this organization."""
    return ApiError(
        f"Invalid 'group_by': grouping by '{dimension}' is not supported for this organization.",
        param="group_by",
        code="invalid_value",
    )


def grouping_too_early(dimension: str, earliest: int) -> ApiError:
    """Refuse a start before `earliest` (Unix seconds), from which on the API can group by `dimension`."""
    return ApiError(
        f"start_time must be at or after {earliest} when grouping by {dimension}.",
        param="start_time",
        code="invalid_request_error",
    )


def unsupported_country() -> ApiError:
    """Refuse a request for where it comes from, in the API's words."""
    return ApiError(
        "Country, region, or territory not supported",
        status=403,
        code="unsupported_country_region_territory",
        kind="request_forbidden",
    )


def unknown_path(method: str, path: str) -> ApiError:
    """Refuse a path that no operation has."""
    return ApiError(f"Invalid URL ({method} {path})", status=404)


def wrong_method(method: str, path: str) -> ApiError:
    """Refuse a method that the path's operation does not have."""
    return ApiError(f"Not allowed to {method} on {path}.", status=405, code="method_not_supported")


def unknown_project(project_id: str) -> ApiError:
    """Refuse a list of a project that there is not."""
    return ApiError(f"Project '{project_id}' not found.", status=404, param="project_id")


def archived_project(project_id: str) -> ApiError:
    """Refuse a list that a project has no longer, as it is archived."""
    return ApiError(f"Project '{project_id}' is archived.", param="project_id")
