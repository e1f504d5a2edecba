"""What projects, users and keys cost whose names are written down here, of every kind that there is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial

from openai_org_usage import NamedKey, NamedProject, NamedUser, Names
from openai_org_usage._generated import CostsRow
from openai_org_usage.report import Report

from .figures import DAY, TODAY, daily, report_of

NAMES = Names(
    projects={
        project.id: project
        for project in (
            NamedProject(id="proj_search_prod", name="Search", is_archived=False),
            NamedProject(id="proj_search_test", name="Search", is_archived=True),
            NamedProject(id="proj_nameless"),
        )
    },
    users={
        user.id: user
        for user in (
            NamedUser(id="user-amara", name="Amara Okafor", email="amara@example.com"),
            NamedUser(id="user-bruno", email="bruno@example.com"),
            NamedUser(id="user-chiara", name="chiara@example.com"),
            NamedUser(id="svc_docs", name="Docs pipeline", is_service_account=True),
        )
    },
    api_keys={
        key.id: key
        for key in (
            NamedKey(
                id="key_a",
                name="backend",
                owner_id="user-amara",
                owner_name="Amara",
                project_id="proj_search_prod",
            ),
            NamedKey(id="key_b", name="backend", owner_id="user-bruno", project_id="proj_search_test"),
            NamedKey(id="key_c", owner_id="svc_docs", project_id="proj_search_prod"),
            NamedKey(
                id="key_d", name="dora@example.com", owner_name="dora@example.com", project_id="proj_gone"
            ),
        )
    },
)
IDS = {
    "project_id": ("proj_search_prod", "proj_search_test", "proj_nameless", "proj_unknown", "proj_z", None),
    "user_id": ("user-amara", "user-bruno", "user-chiara", "svc_docs", "user-unknown", None),
    "api_key_id": ("key_a", "key_b", "key_c", "key_d", "key_deleted", None),
}


def rows(dimension: str, ids: Iterable[str | None], **members: object) -> list[CostsRow]:
    """A month and more of costs of each id, the first ones the largest."""
    return [
        row
        for place, id in enumerate(ids)
        for row in daily(
            partial(_amount, place),
            start=TODAY - 60 * DAY,
            end=TODAY,
            **{dimension: id},
            **members,
        )
    ]


def _amount(place: int, _: date) -> str:
    return f"{20 - place}.000000000000000000000000000000000001"


def owned_report() -> Report:
    """By project, user and key; nothing is named yet."""
    by = {dimension: rows(dimension, ids) for dimension, ids in IDS.items()}
    return report_of(by["api_key_id"], by=by)
