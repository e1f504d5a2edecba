"""Organizations made up by chance, and a transport that answers for their lists as the API documents them."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx

Json = dict[str, Any]

SCOPE = "You have insufficient permissions for this operation. Missing scopes: api.management.read."
_PATH = re.compile(r"/v1/organization/(?:projects/(?P<project>[^/]+)/)?(?P<name>\w+)")
_BY_PROJECT = {"api_keys": "project_api_keys", "service_accounts": "service_accounts"}
_WORDS = ("Search", "search", "Zürich", "Batch 検索", "prod", "A/B", "x" * 120)


class Organization:
    """Projects, users, service accounts and keys with names, with names twice, and with none.

    Attributes:
        project_names: what each project is called, by id; None where it has no name. As are the others.
    """

    def __init__(self, seed: int, *, projects: int, users: int, keys: int, is_as_large: bool = False) -> None:
        self._random, self._is_as_large = random.Random(seed), is_as_large
        self.project_names: dict[str, str | None] = {}
        self.user_names: dict[str, str | None] = {}
        self.key_names: dict[str, str | None] = {}
        self.archived: set[str] = set()
        self.lists: dict[str, list[Json]] = {"projects": [], "users": [], "admin_api_keys": []}
        for _ in range(self._up_to(projects)):
            self._add_project()
        people = [self._add_user() for _ in range(self._up_to(users))]
        gone = [self._person() for _ in range(5)]
        for _ in range(self._up_to(projects)):
            self._add_service_account()
        for _ in range(self._up_to(keys)):
            self._add_project_key(people + gone)
        for owner in self._random.sample(people, min(3, len(people))):
            self._add_admin_key(owner)

    def _up_to(self, most: int) -> int:
        """Most organizations are small; some are as large as can be."""
        if self._is_as_large:
            return most
        return self._random.choice([1, most, self._random.randint(1, max(1, most // 20))])

    def _id(self, prefix: str) -> str:
        return f"{prefix}{self._random.getrandbits(80):020x}"

    def _name(self) -> str | None:
        return self._random.choice([*_WORDS, f"name {self._random.random()}", None, ""])

    def _add_project(self) -> None:
        id, name = self._id("proj_"), self._name()
        is_archived = bool(self.lists["projects"]) and self._random.random() < 0.2  # The first cannot be.
        if is_archived:
            self.archived.add(id)
        self.project_names[id] = name or None
        self.lists["projects"].append(
            {
                "object": "organization.project",
                "id": id,
                "name": name,
                "created_at": 1_711_471_533,
                "archived_at": 1_741_471_533 if is_archived else None,
                "status": "archived" if is_archived else "active",
            }
        )
        self.lists |= {f"{id}/api_keys": [], f"{id}/service_accounts": []}

    def _person(self) -> Json:
        id, name = self._id("user-"), f"Person {self._random.random()}"
        email = f"{id}@example.org" if self._random.random() < 0.9 else None
        return {"id": id, "name": name, "email": email, "role": "owner"}

    def _add_user(self) -> Json:
        person = self._person()
        self.user_names[person["id"]] = person["name"]
        self.lists["users"].append({"object": "organization.user", "added_at": 1_711_471_533, **person})
        return person

    def _add_service_account(self) -> None:
        """Rows give the id of one as `user_id`: `user-…` as those of persons, `svc_acct_…` in documents."""
        active = [id for id in self.project_names if id not in self.archived]
        id = self._id(self._random.choice(["user-", "svc_acct_"]))
        name = f"service {self._random.random()}"
        self.user_names[id] = name
        self.lists[f"{self._random.choice(active)}/service_accounts"].append(
            {
                "object": "organization.project.service_account",
                "id": id,
                "name": name,
                "role": "member",
                "created_at": 1_711_471_533,
            }
        )

    def _add_project_key(self, people: list[Json]) -> None:
        project = self._random.choice(list(self.project_names))
        accounts = self.lists[f"{project}/service_accounts"]
        by_account = bool(accounts) and self._random.random() < 0.5
        kind = "service_account" if by_account else "user"
        owner = dict(self._random.choice(accounts if by_account else people), created_at=1_711_471_533)
        owner.pop("object", None)
        more: Json = {"owner_project_access": "active", "owner": {"type": kind, kind: owner}}
        self.user_names.setdefault(owner["id"], owner["name"])
        self._add_key(f"{project}/api_keys", "organization.project.api_key", more)

    def _add_admin_key(self, owner: Json) -> None:
        about: Json = {"type": "user", "object": "organization.user", "created_at": 1_711_471_533}
        about |= {name: owner[name] for name in ("id", "name", "role")}
        more: Json = {"expires_at": None, "owner": about}
        self._add_key("admin_api_keys", "organization.admin_api_key", more)

    def _add_key(self, name: str, kind: str, more: Json) -> None:
        id, called = self._id("key_"), self._name()
        self.key_names[id] = called or None
        self.lists[name].append(
            {
                "object": kind,
                "id": id,
                "name": called or "",
                "redacted_value": f"sk-proj-abcdefgh********{id[-4:]}",
                "created_at": 1_711_471_533,
                "last_used_at": None,
                **more,
            }
        )

    @property
    def admin_keys(self) -> set[str]:
        """The ids of the keys that no project has."""
        return {key["id"] for key in self.lists["admin_api_keys"]}


class OrganizationTransport(httpx.MockTransport):
    """Answers for the lists of an organization, page by page, and counts the queries.

    Attributes:
        refusals: status and message for a list, by the name of the client's method.
        queries: how often each list was begun, by the name of the method.
        pages: how many requests there were.
    """

    def __init__(
        self, organization: Organization, refusals: Mapping[str, tuple[int, str]] | None = None
    ) -> None:
        self.organization = organization
        self.refusals = dict(refusals or {})
        self.queries: Counter[str] = Counter()
        self.pages = 0
        super().__init__(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        found = _PATH.fullmatch(request.url.path)
        assert found is not None, request.url.path
        project = found["project"]
        name = _BY_PROJECT[found["name"]] if project else found["name"]
        after = request.url.params.get("after")
        self.pages += 1
        self.queries[name] += after is None
        if name in self.refusals:
            return _error(*self.refusals[name])
        if name == "service_accounts" and project in self.organization.archived:
            return _error(400, "The project is archived.")
        items = self.organization.lists[f"{project}/{found['name']}" if project else name]
        if name == "projects" and request.url.params.get("include_archived") != "true":
            items = [item for item in items if item["id"] not in self.organization.archived]
        if name == "project_api_keys" and request.url.params.get("owner_project_access") != "any":
            items = []
        return httpx.Response(200, json=_page(items, after, int(request.url.params.get("limit", 20))))


def _page(items: list[Json], after: str | None, limit: int) -> Json:
    ids = [item["id"] for item in items]
    start = ids.index(after) + 1 if after else 0
    data = items[start : start + limit]
    return {
        "object": "list",
        "data": data,
        "has_more": start + limit < len(items),
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }


def _error(status: int, message: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"message": message, "type": "x", "code": None}})
