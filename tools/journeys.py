"""How far a reader walks: files, hops and calls of five journeys (`python -m tools.journeys`).

A call is one of a function of the two packages, comprehensions excluded, on whichever thread; a hop is
a call in another file than the call before it. What is done only once, such as importing and starting the
loop thread, has been done before. `--list JOURNEY` shows each call.
"""

from __future__ import annotations

import argparse
import gc
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Final

import attrs
import httpx
import msgspec

import openai_org_usage
from openai_org_usage import OPERATIONS, UsageClient

NOW = 1_795_132_800
"""2026-11-20 00:00 UTC."""
DAY = 86_400
_RESULTS: Final[Mapping[str, Mapping[str, object]]] = {
    "costs": {"object": "organization.costs.result", "amount": {"value": "0.10", "currency": "usd"}},
    "completions": {
        "object": "organization.usage.completions.result",
        **{"input_tokens": 3, "output_tokens": 2, "num_model_requests": 1},
    },
}
_FOLDERS = tuple(
    f"{Path(str(sys.modules[module].__file__)).parent}/"
    for module in (openai_org_usage.__name__, type(OPERATIONS["costs"]).__module__.partition(".")[0])
)
DECODED: Final = "_decoded"
"""The function that is handed the body of an answer."""
_INNER = ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>", "<module>")


@attrs.define
class Trace:
    """The functions that were called, in order, each as its file and its name."""

    calls: list[tuple[str, str]] = attrs.Factory(list[tuple[str, str]])
    is_on: bool = False
    begins_at: str | None = None
    """The name of the function with which it begins by itself."""
    _frames: dict[int, FrameType] = attrs.Factory(dict[int, FrameType])

    def note(self, frame: FrameType, event: str) -> None:
        """What Python calls for each event: a coroutine that goes on is no call."""
        code = frame.f_code
        folder = next((folder for folder in _FOLDERS if code.co_filename.startswith(folder)), None)
        if event != "call" or folder is None or code.co_name in _INNER or id(frame) in self._frames:
            return
        self.is_on = self.is_on or code.co_qualname == self.begins_at
        if self.is_on:
            self._frames[id(frame)] = frame
            self.calls.append((code.co_filename.removeprefix(folder), code.co_qualname))

    def begin(self, *, at: str | None = None) -> None:
        """Note from now on, or from the first call of the function `at`."""
        self.is_on, self.begins_at = at is None, at

    def end(self) -> None:
        """Note no more."""
        self.is_on, self.begins_at = False, None

    @property
    def files(self) -> int:
        """How many files were entered."""
        return len({file for file, _ in self.calls})

    @property
    def hops(self) -> int:
        """How often another file was entered."""
        return sum(one != other for (one, _), (other, _) in pairwise(self.calls))


def traces_of(journeys: Iterable[Callable[[Trace], None]]) -> Iterator[Trace]:
    """A trace of each journey, of this thread and of the loop thread, which the first one starts."""
    trace = Trace()

    def note(frame: FrameType, event: str, _: object) -> None:
        trace.note(frame, event)

    threading.setprofile(note)
    for journey in journeys:
        trace = Trace()
        gc.disable()  # What is collected meanwhile belongs to no journey.
        sys.setprofile(note)
        try:
            journey(trace)
        finally:
            sys.setprofile(None)
            gc.enable()
        yield trace
    threading.setprofile(None)


def _page(operation: str, start: int) -> bytes:
    bucket = {
        "object": "bucket",
        "start_time": start,
        "end_time": start + DAY,
        "results": [_RESULTS[operation]],
    }
    return msgspec.json.encode({"object": "page", "data": [bucket], "has_more": False, "next_page": None})


@contextmanager
def _client(
    *, statuses: Sequence[int] = (), when_asked: Callable[[], object] = lambda: None
) -> Generator[UsageClient]:
    """A client that has been used once; then `when_asked` is called for each request."""
    pending, is_used = list(statuses), False

    def answer(request: httpx.Request) -> httpx.Response:
        if is_used:
            when_asked()
            if pending:
                return httpx.Response(pending.pop(0), headers={"retry-after": "0.001"})
        operation = request.url.path.rpartition("/")[2]
        body = _page(operation, int(request.url.params["start_time"]))
        return httpx.Response(200, content=body, headers={"content-type": "application/json"})

    with UsageClient(
        admin_key="sk-admin-example", transport=httpx.MockTransport(answer), clock=lambda: NOW
    ) as client:
        list(client.completions(start_time="7d"))
        is_used = True
        yield client


def to_the_wire(trace: Trace) -> None:
    """`start_time="7d"` to the wire."""
    with _client(when_asked=trace.end) as client:
        trace.begin()
        list(client.completions(start_time="7d"))


def in_windows(trace: Trace) -> None:
    """360 days in 12 windows, to the last bucket."""
    with _client() as client:
        trace.begin()
        list(client.completions(start_time="360d"))
        trace.end()


def to_a_row(trace: Trace) -> None:
    """`amount.value` from the bytes of a page to a row."""
    with _client() as client:
        list(client.costs(start_time="7d").rows())
        trace.begin(at=DECODED)
        for _ in client.costs(start_time="7d").rows():
            trace.end()


def to_arrow(trace: Trace) -> None:
    """The bytes of a page to an Arrow table."""
    with _client() as client:
        client.costs(start_time="7d").to_arrow()
        trace.begin(at=DECODED)
        client.costs(start_time="7d").to_arrow()
        trace.end()


def to_the_next_attempt(trace: Trace) -> None:
    """429 to the next attempt."""
    next_step = iter((trace.begin, trace.end))

    def asked() -> None:
        next(next_step)()

    with _client(statuses=[429], when_asked=asked) as client:
        list(client.completions(start_time="7d"))


JOURNEYS: Final[Mapping[str, Callable[[Trace], None]]] = {
    "wire": to_the_wire,
    "windows": in_windows,
    "row": to_a_row,
    "arrow": to_arrow,
    "retry": to_the_next_attempt,
}


def main() -> int:
    """Print a line for each journey, or every call of one."""
    parser = argparse.ArgumentParser(prog="python -m tools.journeys", description=__doc__)
    parser.add_argument("--list", choices=JOURNEYS, help="show each call of this one")
    chosen = parser.parse_args().list
    names = [name for name in JOURNEYS if chosen in (None, name)]
    for name, trace in zip(names, traces_of(JOURNEYS[name] for name in names), strict=True):
        figures = f"{trace.files:4} files {trace.hops:5} hops {len(trace.calls):6} calls"
        print(f"{name:8} {figures}   {JOURNEYS[name].__doc__}")
        for file, function in trace.calls if chosen else ():
            print(f"    {file}: {function}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
