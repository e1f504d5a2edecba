"""CONTRACT.md 1: nothing lost, nothing twice, every lie noticed, however it is read."""

from __future__ import annotations

import zlib
from collections import Counter
from random import Random
from typing import Any

import attrs
import httpx
from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage.errors import PaginationError, PermissionDeniedError, ResponseDecodeError

from ..conftest import NOW
from ..scripted import Json, error, page
from .bad_pages import NAMES, lies
from .model import WIDTHS, Bucket, Organization, Server, Usage
from .profiles import examples
from .reading import Outcome, Reader


@attrs.frozen(kw_only=True)
class Case:
    """An organization, and a range of it to read."""

    organization: Organization
    start: int
    end: int | None
    limit: int | None

    @property
    def parameters(self) -> Json:
        """The arguments of the call."""
        width = self.organization.width
        return {"start_time": self.start, "end_time": self.end, "limit": self.limit, "bucket_width": width}

    @property
    def expected(self) -> list[Bucket]:
        """What any reading must give."""
        return self.organization.expected(self.start, self.end)


def _usage(random: Random, starts: range, models: int) -> dict[int, Usage]:
    names = [f"model-{index}" for index in range(models)]
    some = {at: random.sample(names, random.randint(0, models)) for at in starts}
    return {
        at: tuple((name, random.randint(0, 10**12)) for name in sorted(chosen)) for at, chosen in some.items()
    }


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Organizations and ranges of all kinds, some of which reach into the future or hold nothing."""
    width = draw(st.sampled_from(sorted(WIDTHS)))
    seconds = WIDTHS[width]
    length = draw(st.one_of(st.integers(1, 12), st.integers(1, 130)))
    ahead = draw(st.sampled_from([-200, -40, -3, -1, 0, 0, 0, 1, 3, 40]))
    last = (NOW // seconds + 1 + ahead) * seconds
    first = last - length * seconds
    inside, beyond = draw(st.integers(0, seconds - 1)), draw(st.integers(1, seconds))
    organization = Organization(
        width=width,
        usage=_usage(
            Random(draw(st.integers(0, 2**20))), range(first, last, seconds), draw(st.integers(0, 4))
        ),
        sparse=draw(st.booleans()),
        cuts=draw(st.booleans()),
        split=draw(st.integers(0, 3)),
        repeats=draw(st.booleans()),
        empties=draw(st.integers(0, 3)),
        largest=draw(st.sampled_from([10_000, 10_000, 180, 20])),
    )
    return Case(
        organization=organization,
        start=first + draw(st.sampled_from([0, 0, inside])),
        end=draw(st.sampled_from([None, last, max(first + inside + 1, last - seconds + beyond)])),
        limit=draw(st.one_of(st.none(), st.integers(1, 20))),
    )


readers = st.builds(Reader, concurrency=st.integers(1, 8), asynchronous=st.booleans())


def _troubled(seed: int, times: int) -> Any:
    """Up to `times` failures of each request, of all the kinds that are tried again."""
    said: list[Any] = [
        error(429, "slow down"),
        httpx.Response(429, headers={"retry-after": "3"}),
        error(500, "sorry"),
        httpx.Response(503, content=b"<html>"),
        error(408, "late"),
        error(409, "busy"),
        httpx.Response(200, content=b'{"object": "page", "data": [{"obj'),
        httpx.ConnectError("refused"),
        httpx.RemoteProtocolError("broke off"),
        httpx.ReadTimeout("slow"),
    ]

    def trouble(url: str, count: int) -> httpx.Response | None:
        random = Random(zlib.crc32(url.encode()) ^ seed)
        if count > random.randint(0, times):
            return None
        found = said[(random.randrange(len(said)) + count) % len(said)]
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found.status_code, content=found.content, headers=dict(found.headers))

    return trouble


@examples(120, 10_000)
@given(case=cases(), reader=readers, seed=st.integers(0, 2**20), times=st.integers(0, 3))
def test_every_way_of_reading_gives_all_buckets_once(
    counts: Counter[str], case: Case, reader: Reader, seed: int, times: int
) -> None:
    """Windowed or by cursor, sync or async, through splits, empty pages, refused limits and failures."""
    server = Server(case.organization, trouble=_troubled(seed, times))
    outcome = reader.read(server, **case.parameters)
    assert outcome == Outcome(case.expected, None)
    counts["pagination: organizations read without loss or repetition"] += 1
    counts["pagination: buckets compared"] += len(outcome.buckets)
    counts["pagination: requests"] += server.requests


@examples(120, 10_000)
@given(case=cases(), reader=readers, second=readers, lie=st.sampled_from(NAMES), where=st.integers(0, 200))
def test_every_lie_is_raised_and_can_be_resumed_behind(
    counts: Counter[str], case: Case, reader: Reader, second: Reader, lie: str, where: int
) -> None:
    """A page that contradicts itself raises; what was handed out and what resuming gives is everything."""
    expected = case.expected
    target = expected[where % len(expected)].start if expected else -1
    server = Server(case.organization, target=target)
    server.fault = lies(target, case.organization.seconds)[lie]
    before = reader.read(server, **case.parameters)
    assert (before.error is not None) == server.planted
    if before.error is None:
        assert before.buckets == expected
        return
    assert isinstance(before.error, (PaginationError, ResponseDecodeError))
    server.heal()
    after = second.resume(server, before.error)
    assert after.error is None
    assert before.buckets + after.buckets == expected
    counts["pagination: planted lies raised, and resumed behind"] += 1


@examples(100, 10_000)
@given(case=cases(), ways=st.lists(readers, min_size=1, max_size=4), marks=st.lists(st.integers(0, 200)))
def test_interrupted_parts_add_up_to_the_whole(
    counts: Counter[str], case: Case, ways: list[Reader], marks: list[int]
) -> None:
    """However often it breaks off, and whoever goes on from the pickled points: all of it, once."""
    expected = case.expected
    stops = {expected[mark % len(expected)].start for mark in marks} if expected else set[int]()
    server = Server(case.organization, stops=sorted(stops))
    outcome = ways[0].read(server, **case.parameters)
    parts = [outcome.buckets]
    while outcome.error is not None:
        assert isinstance(outcome.error, PermissionDeniedError)
        server.stops.pop(0)
        outcome = ways[len(parts) % len(ways)].resume(server, outcome.error)
        parts.append(outcome.buckets)
    assert [bucket for part in parts for bucket in part] == expected
    assert not server.stops
    counts["pagination: interruptions resumed"] += len(parts) - 1


def test_the_model_lies_and_splits_as_it_should() -> None:
    """The model itself: pages of one bucket in two parts, then an empty page, then the end."""
    start = NOW // 86_400 * 86_400
    organization = Organization(width="1d", usage={start: (("a", 1), ("b", 2))}, split=1, empties=1)
    query = {"start_time": str(start)}
    first = organization.page(query)
    second = organization.page({**query, "page": first["next_page"]})
    third = organization.page({**query, "page": second["next_page"]})
    models = [
        [result["model"] for b in found["data"] for result in b["results"]] for found in (first, second)
    ]
    assert models == [["a"], ["b"]]
    assert third == page()
