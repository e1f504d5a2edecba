"""Referee 4: recorded traffic between our client and our emulator, judged by two validators.

openapi-core reads the record; Prism stands between, as a proxy, while the record is played again.
Both judge both sides, by the pin and by upstream. Planted faults show what each can see.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs
import httpx

from codegen.tree import Object, array_at, as_object, objects_in

from . import scenarios
from .documents import Contract
from .emulated import samples_from
from .questions import DAY, MIDNIGHT, questions
from .readers import Errand, ServerAddress, send
from .verdicts import ScoreSheet
from .wire import Exchange

Objections = list[tuple[str, str]]
"""The side, `request` or `response`, and what is wrong with it."""

_PLANTED_IN = "completions"
_MOST_BUCKETS, _MOST_RESULTS = 3, 5
"""Of a long answer that is shortened."""
_BAD_REQUESTS: Mapping[str, Mapping[str, str]] = {
    "no start_time": {},
    "a start_time that is no number": {"start_time": "x"},
    "an unknown grouping": {"start_time": "1", "group_by": "modle"},
    "an unknown bucket_width": {"start_time": "1", "bucket_width": "2d"},
    "an unknown parameter": {"start_time": "1", "start_tme": "1"},
}
_ERROR = b'{"error": {"message": "m", "type": "t", "param": null, "code": null}}'


@attrs.frozen
class Record:
    """One exchange, and what is wrong with it on purpose."""

    operation: str
    exchange: Exchange
    authorized: bool = True
    side: str = ""
    """Where the planted fault is; empty where there is none."""
    fault: str = ""


def record(contract: Contract, server: ServerAddress) -> list[Record]:
    """All that `contract` documents, asked by our client of the emulator, and planted faults."""
    records: list[Record] = []
    for operation in contract.operations:
        errands = [Errand(q) for q in questions(operation, samples=samples_from(server, operation))]
        for outcome in send(server, errands, array_format="repeat"):
            records += [Record(operation.name, exchange) for exchange in outcome.exchanges]
    records += [Record(scenarios.ASKED, exchange) for exchange in scenarios.scenario_exchanges()]
    return [*records, *_bad_requests(server), *_bad_answers(contract, server)]


def shortened(records: Sequence[Record]) -> list[Record]:
    """The records with only the beginning of long answers: a union of eleven takes minutes to judge."""
    return [_shortened(each) if each.exchange.status == 200 and not each.fault else each for each in records]


def _shortened(each: Record) -> Record:
    page = as_object(json.loads(each.exchange.body))
    page["data"] = objects_in(page, "data")[:_MOST_BUCKETS]
    for bucket in objects_in(page, "data"):
        bucket["results"] = array_at(bucket, "results")[:_MOST_RESULTS]
    return attrs.evolve(each, exchange=attrs.evolve(each.exchange, body=json.dumps(page).encode()))


def score(sheet: ScoreSheet, records: Sequence[Record], said: Sequence[Objections]) -> None:
    """Every objection is a finding, and so is a planted fault without one."""
    for one, objections in zip(records, said, strict=True):
        here = [text for side, text in objections if side == one.side]
        elsewhere = [(side, text) for side, text in objections if side != one.side]
        for side, text in elsewhere:
            sheet.object(f"{one.operation}: {side}, {text}", one.exchange.reproduction)
        sheet.checks += 1
        if one.fault:
            sheet.expect(bool(here), f"control: does not see {one.fault}", one.exchange.reproduction)


def _bad_requests(server: ServerAddress) -> Iterator[Record]:
    """What the emulator refuses; its refusal is to be as documented."""
    for fault, parameters in _BAD_REQUESTS.items():
        answer = _get(server, parameters, key=server.admin_key)
        yield Record(_PLANTED_IN, answer, side="request", fault=fault)
    wrong = _get(server, {"start_time": str(MIDNIGHT)}, key="sk-admin-wrong-0123456789abcdef")
    yield Record(_PLANTED_IN, wrong)
    project = _get(server, {"start_time": str(MIDNIGHT)}, key="sk-proj-wrong-0123456789abcdef")
    yield Record(_PLANTED_IN, project)
    missing = _get(server, {"start_time": str(MIDNIGHT)}, key="")
    yield Record(_PLANTED_IN, missing, authorized=False, side="request", fault="a request without a key")


def _bad_answers(contract: Contract, server: ServerAddress) -> Iterator[Record]:
    """A good answer with one thing wrong each time."""
    good = _get(server, {"start_time": str(MIDNIGHT - DAY), "end_time": str(MIDNIGHT)}, key=server.admin_key)
    for fault, spoil in _FAULTS.items():
        page = copy.deepcopy(as_object(json.loads(good.body)))
        spoil(page)
        spoilt = attrs.evolve(good, body=json.dumps(page).encode())
        yield Record(_PLANTED_IN, spoilt, side="response", fault=fault)
    soon = {"content-type": "application/json", "retry-after": "soon"}
    waits = attrs.evolve(good, status=429, headers=httpx.Headers(soon), body=_ERROR)
    if any("429" in operation.statuses for operation in contract.operations):
        yield Record(_PLANTED_IN, waits, side="response", fault="a Retry-After that is no number")
    html = attrs.evolve(good, headers=httpx.Headers({"content-type": "text/html"}), body=b"<html></html>")
    yield Record(_PLANTED_IN, html, side="response", fault="HTML with status 200")


def _get(server: ServerAddress, parameters: Mapping[str, str], *, key: str) -> Exchange:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    url = f"{server.base_url}/organization/usage/{_PLANTED_IN}"
    answer = httpx.get(url, params=dict(parameters), headers=headers)
    return Exchange("GET", answer.request.url, answer.status_code, answer.headers, answer.content)


def _first_result(page: Object) -> Object:
    return objects_in(objects_in(page, "data")[0], "results")[0]


_FAULTS: Mapping[str, Callable[[Object], object]] = {
    "a page without has_more": lambda page: page.pop("has_more"),
    "has_more as a string": lambda page: page.update(has_more="true"),
    "a cursor that is a number": lambda page: page.update(next_page=7),
    "buckets that are no list": lambda page: page.update(data={}),
    "a bucket without end_time": lambda page: objects_in(page, "data")[0].pop("end_time"),
    "a result without input_tokens": lambda page: _first_result(page).pop("input_tokens"),
    "tokens as a string": lambda page: _first_result(page).update(input_tokens="7"),
    "tokens with a fraction": lambda page: _first_result(page).update(input_tokens=7.5),
    "a tag that no document has": lambda page: _first_result(page).update(object="organization.x.result"),
    "a result that is null": lambda page: array_at(objects_in(page, "data")[0], "results").append(None),
}
