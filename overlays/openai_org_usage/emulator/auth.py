"""Who may ask: the admin key check and its three refusals.

A refusal shows the first five characters of a key at most, and none of a short one.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import Literal

from .._generated import ListOperation, Operation
from .errors import ApiError

DEFAULT_ADMIN_KEY = "sk-admin-emulator-0123456789abcdefghijklmnopqrstuvwxyz"
"""The key that an emulator accepts unless it is given another; it opens nothing else."""

Scope = Literal["api.usage.read", "api.management.read"]
"""What a key needs to read usage and costs, and to read lists."""

_PROJECT_KEYS = ("sk-proj-", "sk-svcacct-")
_SCHEME = "bearer "
_SHOWN = 5


def scope_of(operation: Operation | ListOperation) -> Scope:
    """The scope that a key needs for an operation."""
    return "api.management.read" if isinstance(operation, ListOperation) else "api.usage.read"


def check_admin_key(authorization: str | None, *, admin_key: str, scope: Scope) -> None:
    """Let an Authorization header pass that carries the admin key, which has every scope.

    Raises:
        ApiError: 401 or 403, as it carries none, or another.
    """
    if authorization is None or not authorization.lower().startswith(_SCHEME):
        raise _missing()
    key = authorization[len(_SCHEME) :].strip()
    if not key:
        raise _missing()
    if compare_digest(key.encode(), admin_key.encode()):
        return
    raise lacks_scope(scope) if key.startswith(_PROJECT_KEYS) else _incorrect(key)


def _missing() -> ApiError:
    return ApiError(
        "You didn't provide an API key. You need to provide your API key in an Authorization "
        "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        status=401,
    )


def _incorrect(key: str) -> ApiError:
    shown = key[:_SHOWN] if len(key) >= 4 * _SHOWN else ""
    return ApiError(
        f"Incorrect API key provided: {shown}***. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        status=401,
        code="invalid_api_key",
    )


def needs_session(*, status: int = 401, path: str) -> ApiError:
    """Refuse a key where the API wants somebody at a browser; what it says of keys of other kinds, too."""
    return ApiError(
        f"Your request to GET {path} must be made with a session key (that is, it can only be made from "
        "the browser). You made it with the following key type: secret.",
        status=status,
        kind="server_error",
    )


def lacks_scope(scope: Scope, *, status: int = 403) -> ApiError:
    """Refuse a key that lacks a scope; the real API does so with 401 as well as with 403."""
    return ApiError(
        f"You have insufficient permissions for this operation. Missing scopes: {scope}. "
        "Check that you have the correct role in your organization, and if you're using a "
        "restricted API key, that it has the necessary scopes.",
        status=status,
        code="missing_scope",
    )
