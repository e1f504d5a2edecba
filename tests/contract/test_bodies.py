"""CONTRACT.md 3: bodies with status 200 that are no pages, or almost: our error or the right totals."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage import AsyncUsageClient, UsageClient, sum_amounts
from openai_org_usage.errors import OpenAIUsageError, ResponseDecodeError

from ..generated.test_decoding_refusals import NO_NUMBER, NO_PAGE
from ..scripted import SETTINGS, scripted
from .mutations import SEEDS, mutated
from .profiles import examples

DAY = 86_400
COMPLETIONS = {
    **{f"completions: {name}": body for name, (body, *_) in NO_PAGE.items()},
    "completions: a list in a page": b'{"object": "page", "data": [[]], "has_more": false, "next_page": ""}',
    "completions: gzip bytes": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "completions: PNG": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "completions: zeros": bytes(4096),
    "completions: a million braces": b"}" * 1_000_000,
    "completions: event stream": b'data: {"object": "page"}\n\n',
    "completions: JSON lines": b'{"object": "page"}\n{"object": "page"}\n',
    "completions: comments": b"// no\n{}",
    "completions: single quotes": b"{'object': 'page'}",
}
COST_PAGE = (
    '{"object": "page", "data": [{"object": "bucket", "start_time": 0, "end_time": 86400, "results": ['
    '{"object": "organization.costs.result", "amount": {"value": %s, "currency": "usd"}}]}], '
    '"has_more": false, "next_page": null}'
)
COSTS = {f"costs: {amount[:30]}": (COST_PAGE % amount).encode() for amount in NO_NUMBER}
CORPUS = {**COMPLETIONS, **COSTS}


@pytest.mark.parametrize("what", CORPUS)
def test_a_bad_body_is_refused_by_an_error_of_ours(counts: Counter[str], what: str) -> None:
    """Buckets and rows, sync and async; pages hand it out only where they say what is wrong with it."""
    name = what.partition(":")[0]
    answer = httpx.Response(200, content=CORPUS[what])
    client, _ = scripted(*[answer] * 9)
    with client:
        query = getattr(client, name)(start_time=0, end_time=DAY)
        for read in (query, query.rows()):
            with pytest.raises(OpenAIUsageError):
                list(read)
        with contextlib.suppress(OpenAIUsageError):
            handed_out = [bucket for page in query.pages() for bucket in page.data]
            assert any(result.problem for bucket in handed_out for result in bucket.unknown_results)

    async def main() -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=CORPUS[what]))
        async with AsyncUsageClient(**SETTINGS, transport=transport) as other:
            with pytest.raises(OpenAIUsageError) as caught:
                async for _ in getattr(other, name)(start_time=0, end_time=DAY):
                    pass
            assert caught.value.resume is not None

    asyncio.run(main())
    counts["bodies: bad ones refused, 0 foreign exceptions"] += 1


def test_the_corpus_is_large_enough() -> None:
    """The bar asks for fifty."""
    assert len(set(CORPUS.values())) >= 90


def _results(body: bytes) -> Iterator[dict[str, Any]]:
    """The results in a body, as another parser reads it; fails where there is no page."""
    page = json.loads(body.decode(), parse_float=Decimal)
    assert page["has_more"] is False
    for bucket in page["data"]:
        assert type(bucket["start_time"]) in (int, Decimal)
        yield from bucket["results"] if "results" in bucket else bucket["result"]


def _whole(value: Any) -> int:
    assert type(value) in (int, Decimal)
    assert value == int(value)
    return int(value)


def _tokens(body: bytes) -> int:
    """The sum of the input tokens of all results that are of the documented kind."""
    kind = "organization.usage.completions.result"
    return sum(_whole(result["input_tokens"]) for result in _results(body) if result["object"] == kind)


def _amounts(body: bytes) -> dict[str, Fraction]:
    """As fractions, which nobody rounds."""
    totals: dict[str, Fraction] = {}
    for result in _results(body):
        amount = result.get("amount")
        if result["object"] == "organization.costs.result" and amount and amount.get("value") is not None:
            assert type(amount["value"]) in (int, Decimal, str)
            totals[amount["currency"]] = totals.get(amount["currency"], Fraction(0)) + Fraction(
                amount["value"]
            )
    return totals


class _Holder:
    """A client whose every request gets the same body, which can be changed."""

    def __init__(self) -> None:
        self.body = b""
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=self.body))
        self.client = UsageClient(**SETTINGS, transport=transport)

    def rows(self, name: str, body: bytes) -> list[Any] | None:
        """The rows of the body; None if it is refused by an error of ours."""
        self.body = body
        try:
            return list(getattr(self.client, name)(start_time=0, end_time=2 * DAY).rows())
        except OpenAIUsageError:
            return None


@pytest.fixture(scope="module")
def holder() -> Iterator[_Holder]:
    """One client for all examples."""
    holder = _Holder()
    with holder.client:
        yield holder


@pytest.mark.filterwarnings("ignore::UserWarning")
@examples(300, 40_000)
@given(body=mutated(SEEDS["completions"]))
def test_a_mutated_page_of_tokens_is_refused_or_right(
    holder: _Holder, counts: Counter[str], body: bytes
) -> None:
    """Whatever is accepted has the totals that Python's own parser finds."""
    rows = holder.rows("completions", body)
    if rows is not None:
        assert sum(row.input_tokens for row in rows) == _tokens(body)
    counts[f"bodies: mutated pages {'refused' if rows is None else 'read, totals right'}"] += 1


@pytest.mark.filterwarnings("ignore::UserWarning")
@examples(300, 40_000)
@given(body=mutated(SEEDS["costs"]))
def test_a_mutated_page_of_costs_is_refused_or_right(
    holder: _Holder, counts: Counter[str], body: bytes
) -> None:
    """The same for money, exact to the last digit and by currency."""
    rows = holder.rows("costs", body)
    if rows is not None and all(row.amount_currency or row.amount_value is None for row in rows):
        assert {name: Fraction(total) for name, total in sum_amounts(rows).items()} == _amounts(body)
    elif rows is not None:
        with pytest.raises(ValueError, match="has no currency"):
            sum_amounts(rows)
    counts[f"bodies: mutated pages {'refused' if rows is None else 'read, totals right'}"] += 1


@examples(100, 20_000)
@given(
    body=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: json.dumps(text).encode()))
)
def test_any_bytes_are_refused(holder: _Holder, counts: Counter[str], body: bytes) -> None:
    """Bytes that are nobody's page."""
    assert holder.rows("completions", body) is None
    counts["bodies: random bytes refused"] += 1


@pytest.mark.parametrize("name", SEEDS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_seeds_are_read(holder: _Holder, name: str) -> None:
    """Without mutation the pages are good ones, and both readings agree."""
    body = SEEDS[name].encode()
    rows = holder.rows(name, body)
    assert rows is not None
    assert len(rows) == 4
    assert _tokens(body) == 68 if name == "completions" else _amounts(body) == sum_amounts(rows)


def test_a_decoding_error_tells_the_place_through_the_client() -> None:
    """Operation and JSON path arrive at the caller."""
    client, _ = scripted(httpx.Response(200, content=SEEDS["costs"].replace('"usd"', "7", 1).encode()))
    with pytest.raises(ResponseDecodeError, match=r"costs.*\$\.data\[0\]\.results\[0\]\.amount\.currency"):
        list(client.costs(start_time=0, end_time=DAY))
