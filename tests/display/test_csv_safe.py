"""CSV that a spreadsheet may open: on demand, texts that it would run are made texts."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage import InvalidParameterError

from ..conftest import DAY
from ..contract.profiles import examples
from ..scripted import START, Json, page, scripted, scripted_async
from ..scripted import bucket as bucket_of
from .strings import FORMULAS, HOSTILE

SIGNS = "=+-@"
NEGATIVE = "-12.50"
RANGE: dict[str, Any] = {"start_time": START, "end_time": START + DAY}


def costs(texts: Sequence[str]) -> Json:
    """A page of costs with these line items, all of them credits."""
    results = [
        {
            "object": "organization.costs.result",
            "amount": {"value": NEGATIVE, "currency": "usd"},
            "line_item": text,
            "project_id": f"proj {text}",
            "quantity": -3,
        }
        for text in texts
    ]
    return page(bucket_of(0, *results))


def written(texts: Sequence[str], **options: Any) -> list[dict[str, str]]:
    """The rows of what the library writes."""
    client, _ = scripted(costs(texts))
    stream = io.BytesIO()
    with client:
        client.costs(**RANGE).write(stream, format="csv", **options)
    return list(csv.DictReader(io.StringIO(stream.getvalue().decode(), newline="")))


def may_run(text: str) -> bool:
    """Whether a spreadsheet could run `text`, or what it makes cells of where it splits at other places."""
    for cell in [text, *re.split(r"[;\t\r\n]", text)]:
        seen = "".join(c for c in cell if unicodedata.category(c) not in ("Cc", "Cf", "Zs") and c != '"')
        if unicodedata.normalize("NFKC", seen)[:1] in (*SIGNS,) and seen:
            return True
    return text[:1] in ("\t", "\r", "\n")


def test_without_it_texts_are_exact() -> None:
    """It is data, and most readers are programs."""
    assert [row["line_item"] for row in written(FORMULAS)] == list(FORMULAS)


def test_with_it_no_text_runs() -> None:
    """An apostrophe stands before it; what is harmless stays as it was."""
    rows = written(HOSTILE, csv_safe=True)

    texts = [row["line_item"] for row in rows]
    assert [text for text in texts if may_run(text)] == []
    assert [text.replace("'", "") for text in texts] == [text.replace("'", "") for text in HOSTILE]
    harmless = [text for text in HOSTILE if not may_run(text)]
    assert [text for text in texts if text in HOSTILE] == harmless
    assert all(may_run(text) for text in FORMULAS)


def test_numbers_stay_numbers() -> None:
    """Negative ones, too: they are none of the API's texts."""
    (row,) = written(["=1"], csv_safe=True)
    assert (row["amount_value"], row["quantity"], row["start_time"][:2]) == (NEGATIVE, "-3", "20")
    assert Decimal(row["amount_value"]) == Decimal(NEGATIVE)
    assert row["project_id"] == "proj =1"


@examples(150, 10_000)
@given(st.lists(st.text("=+-@;\t\r\n\"' x1\u00a0\u200b\uff1d,", max_size=8), min_size=1, max_size=8))
def test_no_text_runs_whatever_it_is(texts: list[str]) -> None:
    """Apostrophes are all that is added."""
    found = [row["line_item"] for row in written(texts, csv_safe=True)]
    assert [text for text in found if may_run(text)] == []
    assert [text.replace("'", "") for text in found] == [text.replace("'", "") for text in texts]


def test_unknown_members_and_kinds_are_texts_of_the_api() -> None:
    """The tag of a result that nobody knows may be a formula."""
    client, _ = scripted(page(bucket_of(0, {"object": "=cmd|' /C calc'!A0", "a": "=1"})))
    stream = io.BytesIO()
    with client, pytest.warns(match="unknown"):
        client.costs(**RANGE).write(stream, format="csv", csv_safe=True)
    (row,) = csv.DictReader(io.StringIO(stream.getvalue().decode(), newline=""))
    assert row["object"] == "'=cmd|' /C calc'!A0"
    assert row["additional_properties"] == '{"a":"=1"}'


def test_the_asynchronous_client_has_it() -> None:
    """As the synchronous one."""

    async def write() -> bytes:
        client, _ = scripted_async(costs(["=1"]))
        stream = io.BytesIO()
        async with client:
            await client.costs(**RANGE).write(stream, format="csv", csv_safe=True)
        return stream.getvalue()

    assert b",'=1," in anyio.run(write)


@pytest.mark.parametrize("format", ["json", "ndjson", "parquet", "arrow"])
def test_it_is_for_csv_alone(format: Any, tmp_path: Path) -> None:
    """Elsewhere it would change data that no spreadsheet runs; nothing is sent."""
    client, script = scripted(costs(["=1"]))
    with client, pytest.raises(InvalidParameterError, match="csv_safe is for csv"):
        client.costs(**RANGE).write(tmp_path / "x", format=format, csv_safe=True)
    assert script.requests == []
