"""An organization for the doctor to look at, of which each test says what it lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import httpx

from ..conftest import NOW
from ..scripted import bucket, page

KEY = "sk-admin-canary-7731"
DATE = format_datetime(datetime.fromtimestamp(NOW, UTC), usegmt=True)
NOT_FOUND = httpx.Response(
    404, json={"error": {"message": "unknown", "type": "x", "code": None, "param": None}}
)
PROJECT = {
    "id": "proj_1",
    "object": "organization.project",
    "name": "One",
    "created_at": 1,
    "status": "active",
}


class Organization(httpx.MockTransport):
    """Answers each list with the items given for it, others with 404; usage with one bucket or none."""

    def __init__(
        self, headers: Mapping[str, str] | None = None, *, usage: bool = False, **lists: list[dict[str, Any]]
    ) -> None:
        self._headers, self._lists = {"date": DATE, **(headers or {})}, lists
        self._pages = {"completions": page(bucket(-20)) if usage else page(), "costs": page()}
        super().__init__(self._respond)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        if "authorization" not in request.headers:
            return httpx.Response(401, headers=self._headers)
        if name in self._pages:
            return httpx.Response(200, json=self._pages[name], headers=self._headers)
        if name not in self._lists:
            return httpx.Response(404, json={"error": {"message": "Unknown request URL."}})
        return httpx.Response(200, json=listed(*self._lists[name]), headers=self._headers)


def listed(*items: dict[str, Any]) -> dict[str, Any]:
    """A whole list."""
    ids = [item["id"] for item in items] or [None]
    return {"object": "list", "data": list(items), "first_id": ids[0], "last_id": ids[-1], "has_more": False}


def admin_key(**members: object) -> dict[str, Any]:
    """An admin key, which is the asking one if nothing else is said."""
    return {
        "object": "organization.admin_api_key",
        "id": "key_1",
        "name": "Reports",
        "redacted_value": f"sk-admin-...{KEY[-4:]}",
        "created_at": 1,
        "expires_at": None,
        "last_used_at": None,
        "owner": {"type": "user", "id": "user-1", "name": "Zoe", "email": "zoe@example.com"},
        **members,
    }


def findings(said: str) -> dict[str, tuple[str, str]]:
    """State and text of each finding, by check."""
    found: list[dict[str, str]] = json.loads(said)["findings"]
    return {f["check"]: (f["state"], f"{f['said']} {f['advice'] or ''}") for f in found}
