"""Referee: clients of other kinds walk all pages of the emulator, and have to add up what ours does.

The official SDK of Node.js sends lists in brackets and escapes cursors in its own way; a client on
Python's standard library alone joins lists by commas, as programs in use do. Only counts and totals
are compared: what a result looks like is for the other referees.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import attrs

from codegen.tree import Object, as_object, objects_in
from openai_org_usage import OPERATIONS
from openai_org_usage.emulator import Emulator
from openai_org_usage.money import exact_sum

from .agreement import number_at, summable
from .documents import Contract
from .emulated import samples_from
from .processes import NODE_PACKAGE, RefereeError, log_path, run
from .questions import NOW, PAGES_OF, Argument, Question, as_text, questions
from .readers import Errand, ErrandOutcome, ServerAddress, send
from .verdicts import ScoreSheet

_SCRIPT = Path(__file__).with_name("walk_officially.mjs")
_MOST_PAGES = 100
_SECONDS = 300
_AS_SUMS_OF_FLOATS = 1e-12
_ANOTHER_SEED = 1


@attrs.frozen
class Sums:
    """What a client makes of a question; `failed` says why it makes nothing of it, if so."""

    buckets: int = 0
    results: int = 0
    totals: dict[str, float] = attrs.field(factory=dict[str, float])
    """By the place of a number in a result, such as `amount.value`."""
    failed: str = ""


Walk = Callable[[ServerAddress, Sequence[Question]], list[Sums]]


def judge_by_other_clients(pin: Contract, server: ServerAddress, *, folder: Path) -> list[ScoreSheet]:
    """Everything that the pin documents, asked by both of them and by our client."""
    asked = [q for each in pin.operations for q in questions(each, samples=samples_from(server, each))]
    small = [attrs.evolve(q, arguments={"limit": PAGES_OF, **q.arguments}) for q in asked]
    outcomes = send(server, [Errand(question) for question in asked], array_format="repeat")

    def by_node(server: ServerAddress, questions: Sequence[Question]) -> list[Sums]:
        return walk_by_node(server, questions, folder=folder)

    clients: list[tuple[str, Walk]] = [("openai SDK for Node.js", by_node), ("comma lists", walk_by_commas)]
    sheets = [_judged(name, walk(server, small), outcomes) for name, walk in clients]
    with Emulator(seed=_ANOTHER_SEED, now=lambda: NOW) as another:
        elsewhere = ServerAddress(another.base_url, another.admin_key)
        for sheet, (_, walk) in zip(sheets, clients, strict=True):
            (sums,) = walk(elsewhere, small[:1])
            seen = list(differences(sums, our_sums(outcomes[0])))
            sheet.expect(bool(seen), "control: does not see another organization's numbers")
    return sheets


def _judged(name: str, walked: Sequence[Sums], outcomes: Sequence[ErrandOutcome]) -> ScoreSheet:
    sheet = ScoreSheet(name, asked="our emulator's pages to the last, in small ones: counts and totals")
    for theirs, outcome in zip(walked, outcomes, strict=True):
        question = outcome.errand.question
        if not sheet.expect(outcome.error is None, f"{question.operation}: our client fails", outcome.detail):
            continue
        if not sheet.expect(not theirs.failed, f"{question.operation}: {theirs.failed}", str(question)):
            continue
        if question.label == "open end":
            sheet.expect(theirs.results > 0, f"{question.operation}: nothing to compare", str(question))
        for what, found in differences(theirs, our_sums(outcome)):
            sheet.object(f"{question.operation}: {what} than our client", f"{question}\n{found}")
        sheet.checks += 2 + len(theirs.totals)
    return sheet


def our_sums(outcome: ErrandOutcome) -> Sums:
    """What our client made of a question."""
    results = [result.to_dict() for bucket in outcome.buckets for result in bucket.results]
    places = summable(outcome.errand.question.operation)
    totals = {".".join(place): float(exact_sum(number_at(r, place) for r in results)) for place in places}
    return Sums(len(outcome.buckets), len(results), totals)


def differences(theirs: Sums, ours: Sums) -> Iterator[tuple[str, str]]:
    """What two clients make of one question differently, with the two sides of it."""
    counts = (theirs.buckets, theirs.results), (ours.buckets, ours.results)
    if counts[0] != counts[1]:
        yield "other numbers of buckets and results", f"{counts[0]} and {counts[1]}"
    for place, total in ours.totals.items():
        if not math.isclose(theirs.totals.get(place, math.nan), total, rel_tol=_AS_SUMS_OF_FLOATS):
            yield f"another total of {place}", f"{theirs.totals.get(place)} and {total}"


def walk_by_node(server: ServerAddress, asked: Sequence[Question], *, folder: Path) -> list[Sums]:
    """What the official SDK of Node.js makes of questions, in a process of its own."""
    errands, sums = folder / "errands.json", folder / "sums.json"
    described = [
        {
            "operation": question.operation,
            "arguments": question.arguments,
            "places": [".".join(place) for place in summable(question.operation)],
        }
        for question in asked
    ]
    errands.write_text(json.dumps({**attrs.asdict(server), "questions": described}))
    command = ["node", str(_SCRIPT), str(NODE_PACKAGE), str(errands), str(sums)]
    if run(command, log="node-sdk", timeout=_SECONDS):
        raise RefereeError(log_path("node-sdk").read_text()[-1000:])
    return [Sums(**each) for each in json.loads(sums.read_text())]


def walk_by_commas(server: ServerAddress, asked: Sequence[Question]) -> list[Sums]:
    """What a client makes of questions that knows HTTP, JSON and that lists may be joined by commas."""
    return [_walk(server, question) for question in asked]


def _walk(server: ServerAddress, question: Question) -> Sums:
    try:
        return _sums(list(_pages(server, question)), question)
    except (OSError, ValueError, ArithmeticError, HTTPException) as error:
        return Sums(failed=f"{type(error).__name__}: {error}")


def _pages(server: ServerAddress, question: Question) -> Iterator[Object]:
    """All pages of a question, by nothing but the standard library."""
    url = urlsplit(server.base_url)
    query = {name: _joined(value) for name, value in question.arguments.items()}
    headers = {"Authorization": f"Bearer {server.admin_key}"}
    with closing(HTTPConnection(url.netloc, timeout=_SECONDS)) as connection:
        for _ in range(_MOST_PAGES):
            path = url.path + OPERATIONS[question.operation].path
            connection.request("GET", f"{path}?{urlencode(query)}", headers=headers)
            answer = connection.getresponse()
            page = as_object(json.load(answer, parse_float=Decimal))
            if answer.status != HTTPStatus.OK:
                raise ValueError(f"status {answer.status}: {page}")
            yield page
            if not page["has_more"]:
                return
            query["page"] = str(page["next_page"])
    raise ValueError(f"more than {_MOST_PAGES} pages")


def _sums(pages: Sequence[Object], question: Question) -> Sums:
    buckets = [bucket for page in pages for bucket in objects_in(page, "data")]
    results = [result for bucket in buckets for result in objects_in(bucket, "results")]
    places = summable(question.operation)
    totals = {".".join(place): math.fsum(float(number_at(r, place)) for r in results) for place in places}
    return Sums(len(buckets), len(results), totals)


def _joined(value: Argument) -> str:
    return ",".join(value) if isinstance(value, list) else as_text(value)
