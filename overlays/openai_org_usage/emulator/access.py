"""Who may ask: the admin key check and its three refusals.

A refusal shows the first five characters of a key at most, and none of a short one.
"""

from hmac import compare_digest
from typing import Final

from .errors import ApiError

DEFAULT_ADMIN_KEY: Final = "sk-admin-emulator-0123456789abcdefghijklmnopqrstuvwxyz"
"""The key that an emulator accepts unless it is given another; it opens nothing else."""

_PROJECT_KEYS: Final = ("sk-proj-", "sk-svcacct-")
_SCHEME: Final = "bearer "
_SHOWN: Final = 5


def check_admin_key(authorization: str | None, *, admin_key: str) -> None:
    """Return if an Authorization header carries the admin key; raise 401 or 403 otherwise."""
    if authorization is None or not authorization.lower().startswith(_SCHEME):
        raise _missing()
    key = authorization[len(_SCHEME) :].strip()
    if not key:
        raise _missing()
    if compare_digest(key.encode(), admin_key.encode()):
        return
    raise _lacks_scope() if key.startswith(_PROJECT_KEYS) else _incorrect(key)


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


def _lacks_scope() -> ApiError:
    return ApiError(
        "You have insufficient permissions for this operation. Missing scopes: api.usage.read. "
        "Check that you have the correct role in your organization, and if you're using a "
        "restricted API key, that it has the necessary scopes.",
        status=403,
        code="missing_scope",
    )
