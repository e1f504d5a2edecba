"""The lists that name what usage refers to, as far as the emulator has to know them."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from .._generated import Parameter

_PROJECTS = "/organization/projects"


@attrs.frozen
class ListOperation:
    """One list: its name, path and query parameters."""

    name: str
    path: str
    parameters: tuple[Parameter, ...]
    method: str = "GET"


_LIMIT = Parameter(name="limit", type="integer", default=20, description="")
_AFTER = Parameter(name="after", type="string", description="")
_OWNERS = Parameter(
    name="owner_project_access",
    type="string",
    allowed_values=("active", "inactive", "any"),
    description="",
)
_ARCHIVED = Parameter(name="include_archived", type="boolean", default=False, description="")
_EMAILS = Parameter(name="emails", type="array", item_type="string", description="")
_ORDER = Parameter(name="order", type="string", allowed_values=("asc", "desc"), default="asc", description="")

DIRECTORY: Mapping[str, ListOperation] = {
    each.name: each
    for each in (
        ListOperation("projects", _PROJECTS, (_LIMIT, _AFTER, _ARCHIVED)),
        ListOperation("users", "/organization/users", (_LIMIT, _AFTER, _EMAILS)),
        ListOperation("project_api_keys", _PROJECTS + "/{project_id}/api_keys", (_LIMIT, _AFTER, _OWNERS)),
        ListOperation("service_accounts", _PROJECTS + "/{project_id}/service_accounts", (_LIMIT, _AFTER)),
        ListOperation("admin_api_keys", "/organization/admin_api_keys", (_AFTER, _ORDER, _LIMIT)),
    )
}
