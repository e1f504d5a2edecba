"""What the registry gains, the emulator serves by itself."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import attrs
import pytest

from openai_org_usage._generated import DIRECTORY, OPERATIONS, Operation, ResponseField
from openai_org_usage.emulator import Emulator

from .asking import DAY, Api, Parameters, api_of, money


def field(name: str, kind: str, role: str, **others: Any) -> SimpleNamespace:
    """Describe a result field as the registry does."""
    usual = {"format": None, "required": True, "nullable": False, "known_values": (), "fields": ()}
    over_time = "sum" if role == "metric" else None
    return SimpleNamespace(name=name, type=kind, role=role, over_time=over_time, **(usual | others))


def parameter(name: str, *values: str) -> SimpleNamespace:
    """Describe an array parameter as the registry does."""
    return SimpleNamespace(
        name=name,
        type="array",
        item_type="string",
        format=None,
        required=False,
        allowed_values=values,
        default=None,
        limits=(),
    )


def videos() -> Operation:
    """An endpoint that no file of the emulator mentions."""
    usual = [p for p in OPERATIONS["costs"].parameters if p.name not in ("group_by", "line_items")]
    operation = SimpleNamespace(
        name="videos",
        method="GET",
        path="/organization/usage/videos",
        result_object="organization.usage.videos.result",
        parameters=(
            *usual,
            parameter("group_by", "project_id", "codec", "is_hd"),
            parameter("codecs", "av1", "vp9"),
            parameter("moods"),
        ),
        fields=(
            field("object", "string", "tag"),
            field("num_model_requests", "integer", "metric"),
            field("frames", "integer", "metric"),
            field("minutes", "number", "metric", format="decimal"),
            field("codec", "string", "dimension", nullable=True),
            field("is_hd", "boolean", "dimension", nullable=True),
            field("project_id", "string", "dimension", nullable=True),
            field("studio", "string", "attribute"),
        ),
        bucket_fields=(),
    )
    return cast("Operation", operation)


@pytest.fixture
def api(now: int) -> Iterator[Api]:
    """A client of an emulator whose registry has the made-up endpoint."""
    grown = {**OPERATIONS, "videos": videos()}
    emulator = Emulator(now=lambda: now, operations=grown)
    with emulator, api_of(emulator, operations=grown) as api:
        yield api


def test_a_new_endpoint_is_served(api: Api, now: int) -> None:
    """Its fields, dimensions, values and filters work without a line of code."""
    groups = ["project_id", "codec", "is_hd"]
    rows = api.rows("videos", start_time=now - 2 * DAY, group_by=groups)

    assert {row["codec"] for row in rows} == {"av1", "vp9"}
    assert {row["is_hd"] for row in rows} == {True, False}
    assert all(row["frames"] > 0 and row["minutes"] > 0 and row["studio"] for row in rows)
    av1 = api.rows("videos", start_time=now - 2 * DAY, codecs="av1", moods="any")
    for metric in ("frames", "minutes"):
        assert sum(r[metric] for r in av1) == sum(r[metric] for r in rows if r["codec"] == "av1")
    assert api.error("videos", start_time=0, codecs="mpeg1")["param"] == "codecs"


def test_a_new_endpoint_costs_something(api: Api, now: int) -> None:
    """Its usage appears in costs under a line item of its own."""
    start = now // DAY * DAY - DAY
    (used,) = api.page("videos", start_time=start, limit=1)["data"][0]["results"]
    paid = api.page("costs", start_time=start, limit=1, line_items="Videos")["data"][0]["results"]

    assert money(paid) * 1000 == used["num_model_requests"] > 0


def test_adding_an_endpoint_changes_no_other(api: Api, now: int) -> None:
    """The numbers of the other endpoints stay what they are without it."""
    asked: Parameters = {"start_time": now - DAY, "group_by": "model"}

    with Emulator(now=lambda: now) as emulator, api_of(emulator) as plain:
        assert plain.page("completions", **asked) == api.page("completions", **asked)
        assert plain.http.get("organization/usage/videos").status_code == 404


@pytest.fixture(scope="module")
def grown_lists(now: int) -> Iterator[Api]:
    """A client of an emulator whose list of users has grown, and which has a list that nobody knows."""
    users = attrs.evolve(
        DIRECTORY["users"],
        parameters=(*DIRECTORY["users"].parameters, cast(Any, parameter("teams", "red", "blue"))),
        fields=(
            *DIRECTORY["users"].fields,
            ResponseField(
                name="team", type="string", role="attribute", known_values=("red",), description=""
            ),
            ResponseField(name="badges", type="array", role="attribute", description=""),
            ResponseField(
                name="desk",
                type="object",
                role="attribute",
                description="",
                fields=(ResponseField(name="is_free", type="boolean", role="attribute", description=""),),
            ),
        ),
    )
    teams = attrs.evolve(DIRECTORY["admin_api_keys"], name="teams", path="/organization/teams")
    served: dict[str, Any] = {**OPERATIONS, **DIRECTORY, "users": users, "teams": teams}
    with Emulator(now=lambda: now, operations=served) as emulator, api_of(emulator) as api:
        yield api


def test_a_new_field_of_items_has_a_value(grown_lists: Api) -> None:
    """A plausible one, beside what is known."""
    page = grown_lists.http.get("organization/users").json()

    assert page["data"][0]["name"] == "Amara Okafor"
    assert {(user["team"], str(user["badges"]), str(user["desk"])) for user in page["data"]} == {
        ("red", "[]", "{'is_free': False}")
    }


def test_a_new_parameter_of_a_list_is_checked(grown_lists: Api) -> None:
    """Its values are taken, and no others."""
    answers = [grown_lists.http.get(f"organization/users?teams={team}") for team in ("red", "green")]

    assert [answer.status_code for answer in answers] == [200, 400]


def test_a_new_list_is_empty(grown_lists: Api) -> None:
    """Nothing is known of what it has."""
    page = grown_lists.http.get("organization/teams?limit=1").json()

    assert page == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
