"""What an archive adds up is exact, and says no more than its rows do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import httpx
import pytest

from openai_org_usage import (
    ArchiveDamagedError,
    BadRequestError,
    UnknownFieldWarning,
    UnknownResultWarning,
    UsageClient,
)
from openai_org_usage.archive.archive import Archive
from openai_org_usage.archive.archive_table import ArchiveTable
from openai_org_usage.archive.manifest import decode_manifest, encode_manifest
from openai_org_usage.report import collect_daily

from ..cli.ledgers import cost
from ..conftest import DAY, MIDNIGHT, NOW
from ..scripted import SETTINGS, page, result

pytest.importorskip("pyarrow")

LONGEST = "0.123456789012345678901234567890123456789"
LARGEST = "99999999.999999999999999999999999999999"
Kept = Callable[..., UsageClient]


def serving(*results: Any) -> httpx.MockTransport:
    """Answers with the days from the start on, and yesterday's `results`."""

    def answer(request: httpx.Request) -> httpx.Response:
        first = int(request.url.params["start_time"])
        starts = range(first, MIDNIGHT + DAY, DAY)
        buckets = [bucket_of(start, *results if start == MIDNIGHT - DAY else ()) for start in starts]
        return httpx.Response(200, json=page(*buckets))

    return httpx.MockTransport(answer)


def bucket_of(start: int, *results: Any) -> dict[str, Any]:
    return {"object": "bucket", "start_time": start, "end_time": start + DAY, "results": list(results)}


def archived(folder: Path, table: str, *results: Any) -> None:
    """Sync a table of the last 20 days."""
    settings: dict[str, Any] = {**SETTINGS, "transport": serving(*results)}
    with UsageClient(**settings) as live:
        Archive(folder).sync(live, tables=[table], since=MIDNIGHT - 20 * DAY, names=False)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Makes a client of an archive, to which the given results came yesterday."""

    def make(*results: Any, now: float = NOW, settled: bool = False) -> UsageClient:
        archived(tmp_path / "archive", "costs", *results)
        return Archive(tmp_path / "archive", clock=lambda: now).client(settled=settled)

    return make


def rows(client: UsageClient, *group_by: Any, start: int = MIDNIGHT - DAY) -> list[Any]:
    """The rows of yesterday, grouped."""
    return list(client.costs(start_time=start, end_time=MIDNIGHT, group_by=group_by or None).rows())


def test_amounts_that_no_decimal_holds_are_added_up(kept: Kept) -> None:
    """Digits behind the 30th count, each as often as it came; also where nothing is added up."""
    client = kept(
        cost(LONGEST, project_id="a", line_item="x"),
        cost(LONGEST, project_id="b", line_item="x"),
        cost("-0.5", project_id="c", line_item="y"),
    )

    (total,) = rows(client)
    by_item = {row.line_item: row.amount_value for row in rows(client, "line_item")}

    assert total.amount_value == Decimal("-0.253086421975308642197530864219753086422")
    assert by_item == {"x": Decimal("0.246913578024691357802469135780246913578"), "y": Decimal("-0.5")}
    assert {row.amount_value for row in rows(client, "project_id", "line_item")} == {
        Decimal(LONGEST),
        Decimal("-0.5"),
    }


def test_a_sum_of_more_digits_than_a_decimal_is_not_cut(kept: Kept) -> None:
    """Nor does it wrap around."""
    (total,) = rows(kept(*(cost(LARGEST, project_id=f"p{n}", line_item="x") for n in range(30))))
    with localcontext(prec=60):
        assert total.amount_value == 30 * Decimal(LARGEST)


def test_a_sum_of_counts_beyond_64_bits_does_not_wrap(tmp_path: Path) -> None:
    """It is what Python adds up."""
    most = 2**63 - 1
    archived(tmp_path, "completions", *(result(model=name, tokens=most) for name in "abc"))
    (row,) = Archive(tmp_path).client().completions(start_time=MIDNIGHT - DAY, end_time=MIDNIGHT).rows()
    assert (row.input_tokens, row.num_model_requests) == (3 * most, 3)


def test_currencies_stay_apart_and_no_amount_is_none(kept: Kept) -> None:
    """As in the answers of the API."""
    client = kept(
        cost("1", project_id="a", line_item="x"),
        cost("2", "eur", project_id="a", line_item="x"),
        cost("4", project_id="a", line_item="y"),
        {"object": cost("1")["object"], "project_id": "a", "line_item": "z"},
        {**cost("1", project_id="a", line_item="y"), "amount": {"currency": "usd"}},
    )
    found = [(row.amount_currency, row.amount_value) for row in rows(client, "project_id")]
    assert sorted(found, key=str) == [("eur", 2), ("usd", 5), ("usd", None), (None, None)]


def test_quantities_are_added_up_in_one_unit_only(kept: Kept) -> None:
    """And only where items are told apart, as the API does it."""
    client = kept(
        cost("1", project_id="a", line_item="x", quantity=1.5, quantity_unit="tokens"),
        cost("1", project_id="b", line_item="x", quantity=2, quantity_unit="tokens"),
        cost("1", project_id="a", line_item="y", quantity=1, quantity_unit="images"),
        cost("1", project_id="b", line_item="y", quantity=1, quantity_unit="tokens"),
        cost("1", project_id="a", line_item="z", quantity=1),
        cost("1", project_id="b", line_item="z", quantity=2),
    )
    found = [(row.line_item, row.quantity, row.quantity_unit) for row in rows(client, "line_item")]
    assert found == [("x", Decimal("3.5"), "tokens"), ("y", None, None), ("z", 3, None)]
    assert [row.quantity for row in rows(client, "project_id")] == [None, None]


def test_what_describes_rows_stays_where_they_agree(kept: Kept) -> None:
    """Names of ids that are in no group do not, and neither do numbers that nobody knows to add up."""
    named = {"project_name": "A", "organization_name": "O", "tier": "one", "n": 1}
    with pytest.warns(UnknownFieldWarning, match="tier"):
        client = kept(
            cost("1", project_id="a", line_item="x", **named),
            cost("1", project_id="a", line_item="y", **named),
            cost("1", project_id="b", line_item="y", **{**named, "project_name": "B", "tier": "two"}),
        )
    a, b = sorted(rows(client, "project_id"), key=lambda row: str(row.project_id))
    (total,) = rows(client)
    assert (a.project_name, dict(a.additional_properties)) == ("A", {"tier": "one"})
    assert (b.project_name, dict(b.additional_properties)) == ("B", {"tier": "two", "n": 1})
    assert (total.result.project_name, total.result.organization_name) == (None, "O")
    assert dict(total.additional_properties) == {}


def test_results_of_unknown_kinds_are_handed_on_whole(kept: Kept) -> None:
    """Whatever is asked for: they may be of value, and a report says that it leaves them out."""
    strange = {"object": "organization.credits.result", "amount": {"value": 1.25}}
    with pytest.warns(UnknownResultWarning):
        client = kept(cost("1", project_id="a", line_item="x"), strange)
    (bucket,) = client.costs(start_time=MIDNIGHT - DAY, end_time=MIDNIGHT)
    (unknown,) = bucket.unknown_results
    assert unknown.object == strange["object"]
    assert unknown.data == {**strange, "amount": {"value": Decimal("1.25")}}


@pytest.mark.parametrize(
    "odd",
    [
        {"object": "organization.credits.result", "amount": {"value": 1.25}},
        {**cost("1"), "amount": None},
        {**cost("1"), "amount": {"value": 7}},
        {**cost("1"), "amount": {"currency": "usd"}},
        cost("0E-6176"),
        cost(LONGEST),
    ],
    ids=["unknown kind", "no amount", "no currency", "no value", "zero", "long"],
)
@pytest.mark.filterwarnings("ignore::openai_org_usage.UnknownResultWarning")
def test_readings_that_take_rows_alone_find_what_pages_have(kept: Kept, odd: Any) -> None:
    """The same amounts, and the same is left out, whether it takes columns or pages to tell."""
    results, now = (cost("1.50", project_id="a", line_item="x"), odd), datetime.fromtimestamp(NOW, UTC)
    settings: dict[str, Any] = {**SETTINGS, "transport": serving(*results)}
    with UsageClient(**settings) as live:
        expected = collect_daily(live, now=now)
    found = collect_daily(kept(*results), now=now)
    assert found.amounts == expected.amounts
    assert found.left_out == expected.left_out


def test_a_bucket_that_was_cut_off_ends_there_once_it_is_over(kept: Kept) -> None:
    """While it runs, it is as the API has it; later on it lacks what came after."""
    ends = {
        hours: list(kept(now=NOW + hours * 3600).costs(start_time=MIDNIGHT))[-1].end_time
        for hours in (0, 8, 9)
    }
    assert ends == {0: MIDNIGHT + DAY, 8: MIDNIGHT + DAY, 9: NOW}


def test_settled_buckets_have_been_over_for_the_look_back(kept: Kept) -> None:
    """Of ten days; nothing is made up for those after."""
    buckets = list(kept(settled=True).costs(start_time=MIDNIGHT - 15 * DAY))
    assert [bucket.end_time for bucket in buckets] == [MIDNIGHT - n * DAY for n in range(14, 9, -1)]


def test_what_never_settled_is_not_settled(kept: Kept, tmp_path: Path) -> None:
    """As the API forgot it before that; the rest is."""
    kept(cost("1", project_id="a", line_item="x"))
    path = tmp_path / "archive" / "manifest.json"
    manifest = decode_manifest(path.read_bytes(), location="here")
    manifest.state("default", "costs").unsettled = [(MIDNIGHT - 14 * DAY, MIDNIGHT - 13 * DAY + 7)]
    path.write_bytes(encode_manifest(manifest))
    starts = {
        settled: [
            (MIDNIGHT - bucket.start_time) // DAY
            for bucket in Archive(path.parent)
            .client(settled=settled)
            .costs(start_time=MIDNIGHT - 16 * DAY, end_time=MIDNIGHT - 10 * DAY)
        ]
        for settled in (True, False)
    }
    assert starts == {True: [16, 15, 12, 11], False: [16, 15, 14, 13, 12, 11]}


def test_what_was_never_read_is_no_bucket(kept: Kept, tmp_path: Path) -> None:
    """A range that the API had forgotten before it was read."""
    kept(cost("1", project_id="a", line_item="x"))
    path = tmp_path / "archive" / "manifest.json"
    manifest = decode_manifest(path.read_bytes(), location="here")
    manifest.state("default", "costs").gaps = [(MIDNIGHT - 9 * DAY, MIDNIGHT - 7 * DAY)]
    path.write_bytes(encode_manifest(manifest))
    buckets = list(Archive(path.parent).client().costs(start_time=MIDNIGHT - 10 * DAY, end_time=MIDNIGHT))
    assert [bucket.start_time for bucket in buckets] == [
        MIDNIGHT - n * DAY for n in (10, 7, 6, 5, 4, 3, 2, 1)
    ]


def test_a_damaged_file_is_named(kept: Kept, tmp_path: Path) -> None:
    """And none of its rows is given out."""
    client = kept(cost("1", project_id="a", line_item="x"))
    (file,) = tmp_path.rglob("month=2026-11/data.parquet")
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(ArchiveDamagedError, match=r"table=costs.*sync --repair"):
        rows(client)


def test_what_the_api_refuses_is_refused_here(kept: Kept, tmp_path: Path) -> None:
    """In its words, so that who asks does without as with the API; the line says when that was."""
    kept(cost("1", project_id="a", line_item="x"))
    path = tmp_path / "archive" / "manifest.json"
    manifest = decode_manifest(path.read_bytes(), location="here")
    manifest.define([ArchiveTable.of("costs", group_by=["api_key_id"], name="keys")])
    manifest.state("default", "keys").refused = "grouping by api_key_id is not supported"
    path.write_bytes(encode_manifest(manifest))
    with pytest.raises(BadRequestError, match=r"the last sync was refused it: .+ not supported"):
        rows(Archive(path.parent).client(), "api_key_id")
