"""What answers say although no document lists it: names beside IDs, times as text, headers."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator import Emulator
from openai_org_usage.emulator.observed_fields import OF_RESULTS, IsoTimes
from openai_org_usage.emulator.small_roster import SMALL_ROSTER

from .asking import DAY, Api, api_of, groupings


@pytest.fixture
def terse(now: int) -> Iterator[Api]:
    """A client of an organization that gets documented fields only."""
    with Emulator(now=lambda: now, observed_fields=False) as emulator, api_of(emulator) as api:
        yield api


@pytest.mark.parametrize("name", OPERATIONS)
def test_results_name_organization_project_and_user(api: Api, now: int, name: str) -> None:
    """The organization always, a project or user where the result has its ID."""
    for row in api.rows(name, start_time=now - DAY, group_by=groupings(OPERATIONS[name])):
        assert (row["organization_id"], row["organization_name"]) == ("org-emulated", "Emulated Organization")
        assert row["project_name"] == SMALL_ROSTER.projects[row["project_id"]].name
        user = SMALL_ROSTER.employees.get(row.get("user_id") or "")
        assert row["user_email"] == (None if user is None else user.email)
    for row in api.rows(name, start_time=now - DAY):
        assert (row["project_name"], row["user_email"]) == (None, None)
        assert row["organization_id"] == "org-emulated"


@pytest.mark.parametrize("name", OPERATIONS)
def test_buckets_tell_their_times_as_text(api: Api, now: int, name: str) -> None:
    """ISO 8601 in UTC, on empty buckets, too."""
    for bucket in [*api.buckets(name, start_time=now - 2 * DAY), *api.page(name, start_time=0)["data"]]:
        for edge in ("start_time", "end_time"):
            told = datetime.fromisoformat(bucket[f"{edge}_iso"])
            assert told == datetime.fromtimestamp(bucket[edge], UTC)
            assert told.tzinfo is not None


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_organization_may_get_none_of_them(api: Api, terse: Api, now: int, name: str) -> None:
    """With `observed_fields=False`, the same answers without these fields."""
    groups = groupings(OPERATIONS[name])
    full = api.buckets(name, start_time=now - DAY, group_by=groups)
    plain = terse.buckets(name, start_time=now - DAY, group_by=groups)

    assert plain != full
    for bucket in full:
        for told in IsoTimes.__annotations__:
            del bucket[told]
        for row in bucket["results"]:
            for field in OF_RESULTS:
                del row[field]
    assert plain == full


def test_headers_name_the_organization_of_the_key(api: Api, now: int) -> None:
    """On every answer to the key, refusals too; not where the key is unknown."""
    good, refused = api.response("costs", start_time=now - DAY), api.response("costs")
    wrong = api.http.get("organization/costs", headers={"authorization": "Bearer sk-admin-of-somebody-else"})

    assert (good.status_code, refused.status_code, wrong.status_code) == (200, 400, 401)
    for answer in (good, refused):
        assert answer.headers["openai-organization"] == "org-emulated"
    assert "openai-organization" not in wrong.headers
    for answer in (good, refused, wrong):
        assert answer.headers["openai-version"] == "2020-10-01"
        assert answer.headers["openai-processing-ms"].isdigit()
        assert answer.headers["x-request-id"].startswith("req_")


def test_an_organization_may_have_an_id_of_its_own(now: int) -> None:
    """Headers and results name it: so several emulators are several organizations."""
    with Emulator(now=lambda: now, organization_id="org-eu") as emulator, api_of(emulator) as api:
        assert api.response("costs", start_time=now - DAY).headers["openai-organization"] == "org-eu"
        assert {row["organization_id"] for row in api.rows("costs", start_time=now - DAY)} == {"org-eu"}
