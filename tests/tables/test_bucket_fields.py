"""What buckets have beside their times, and what answers are seen to have, is typed in every table."""

from __future__ import annotations

import warnings
from typing import Any

import attrs
import msgspec
import pytest

from openai_org_usage import OPERATIONS
from openai_org_usage.tables.batches import BatchMaker, Part
from openai_org_usage.tables.columns import columns_of
from openai_org_usage.tables.writing import write_buckets

from ..generated.pages import COST, TOKENS, page
from ..scripted import START, bucket, result
from ..scripted import page as scripted_page
from .reading import FORMATS, of_file, of_table, serving
from .test_equality import both_ways, structs_in
from .test_split_buckets import bodies as as_bodies

SEEN = {
    "organization_id": "org-x",
    "organization_name": "Organization, Inc.",
    "project_name": "project \u00fc",
    "user_email": "someone@example.org",
}
TIMES = {"start_time_iso": "1970-01-01T00:00:00+00:00", "end_time_iso": "1970-01-02T00:00:00+00:00"}


def with_all(*results: str) -> bytes:
    """A page whose bucket has its times as text, too."""
    times = msgspec.json.encode(TIMES)[1:-1]
    return page(*results).replace(b'"object": "bucket"', b'"object": "bucket", ' + times)


def members() -> str:
    """The fields of results that have been seen, as JSON."""
    return msgspec.json.encode(SEEN)[1:-1].decode()


ROW = f"{(COST % '1.5')[:-1]}, {members()}}}"


def test_fields_that_were_seen_are_columns_without_a_warning(tmp_path: Any) -> None:
    """Of results, then of buckets; on every row, in every form and file."""
    with warnings.catch_warnings(), serving([with_all(ROW, ROW)]) as client:
        warnings.simplefilter("error")
        query = client.costs(start_time=0)
        records = query.to_records()
        assert of_table(query.to_arrow()) == records
        for format in FORMATS:
            query.write(tmp_path / f"costs.{format}")
            assert of_file(tmp_path / f"costs.{format}", OPERATIONS["costs"]) == records
    names = list(records[0])
    assert names[names.index("user_email") + 1 :] == [
        "start_time_iso",
        "end_time_iso",
        "additional_properties",
    ]
    for record in records:
        assert {name: record[name] for name in (*SEEN, *TIMES)} == {**SEEN, **TIMES}
        assert record["additional_properties"] is None


@pytest.mark.parametrize("times", [{}, {"start_time_iso": None}, TIMES])
def test_they_are_read_fast(times: dict[str, Any]) -> None:
    """With one of them, with both, or with none."""
    operation = OPERATIONS["completions"]
    more = b", " + msgspec.json.encode(times)[1:-1] if times else b""
    body = page(TOKENS % "", TOKENS % f", {members()}").replace(
        b'"object": "bucket"', b'"object": "bucket"' + more
    )
    buckets = structs_in(body, operation).data
    maker = BatchMaker(operation, columns_of(operation), "decimal128")
    batch: Any = maker.batch(Part(buckets, lambda: pytest.fail("the typed path was asked")))
    for name in TIMES:
        assert batch.column(name).to_pylist() == [times.get(name)] * 2
    assert batch.column("user_email").to_pylist() == [None, SEEN["user_email"]]


def test_they_may_be_chosen_in_any_order() -> None:
    """Between columns of results, and alone."""
    with serving([with_all(ROW, ROW)]) as client:
        query = client.costs(start_time=0)
        mixed = ["end_time_iso", "amount_value", "start_time", "start_time_iso"]
        assert query.to_arrow(columns=mixed) == query.to_arrow().select(mixed)
        assert (
            query.to_arrow(columns=["start_time_iso"])["start_time_iso"].to_pylist()
            == [TIMES["start_time_iso"]] * 2
        )


@pytest.mark.parametrize("wrong", [b"7", b"[]", b'{"a": 1}'])
def test_what_is_no_text_stops_nothing(wrong: bytes) -> None:
    """No document promises these fields: in another form they are as unknown as any other, on both ways."""
    body = with_all(ROW).replace(f'"{TIMES["end_time_iso"]}"'.encode(), wrong)
    columnar, typed = both_ways("costs", [body])
    assert not isinstance(columnar, str)
    assert columnar == typed
    assert [row["end_time_iso"] for row in columnar] == [None]


def test_they_stay_on_a_bucket_that_is_split() -> None:
    """And on a row of an unknown type."""
    parts = [bucket(1, result(model=model), start_time_iso="then") for model in ("a", "b")]
    other = bucket(2, {"object": "organization.usage.news.result"}, end_time_iso="later")
    pages = as_bodies(scripted_page(parts[0], cursor="page_1"), scripted_page(parts[1], other))
    with serving(pages) as client, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = client.completions(start_time=START).to_arrow()
    assert table["start_time_iso"].to_pylist() == ["then", "then", None]
    assert table["end_time_iso"].to_pylist() == [None, None, "later"]


@attrs.frozen
class OwnBucket:
    """A bucket of another program, which has what every bucket has."""

    start_time: int
    end_time: int
    results: list[Any]
    unknown_results: tuple[Any, ...] = ()


@pytest.mark.parametrize("format", FORMATS)
def test_buckets_from_elsewhere_need_not_have_them(format: str, tmp_path: Any) -> None:
    """They are null then."""
    with serving([with_all(ROW)]) as client:
        results = [row.result for row in client.costs(start_time=0).rows()]
    path = tmp_path / f"own.{format}"
    write_buckets([OwnBucket(0, 86_400, results)], path, operation=OPERATIONS["costs"])
    (row,) = of_file(path, OPERATIONS["costs"])
    assert (row["start_time_iso"], row["user_email"]) == (None, SEEN["user_email"])


@pytest.mark.parametrize("name", OPERATIONS)
def test_columns_know_how_they_add_up(name: str) -> None:
    """Over time: numbers are sums, but for the bytes of vector stores; all else does not add up."""
    for column in columns_of(OPERATIONS[name]):
        is_number = column.kind.name in ("COUNT", "MONEY", "DECIMAL")
        expected = "last" if column.name == "usage_bytes" else "sum" if is_number else None
        assert column.over_time == expected, column.name
        assert column.on_bucket == (column.name in ("start_time", "end_time", *TIMES))
