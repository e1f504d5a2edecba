"""Referee 2: mock servers, answering by a document, judge what our clients send and get.

Each request is judged by the mock server; each answer is one that the document allows, and our
client has to hand out what stands in it, or refuse it for a reason that the document gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from openai_org_usage import (
    OPERATIONS,
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    PaginationError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)

from .documents import Contract, DocumentedOperation
from .fidelity import differences
from .mocks import MockServer, Steering
from .processes import free_port, serving
from .questions import DAY, MIDNIGHT, Question, questions
from .readers import FORMATS, Ask, Errand, ErrandOutcome, ServerAddress, is_ours, send, send_async
from .verdicts import ScoreSheet
from .wire import Exchange, asked_for, sent, straightened

SEEDS = 12
"""How many random answers each endpoint gets from each server."""

_ERRORS: Mapping[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: APIStatusError,
    429: RateLimitError,
    500: ServerError,
    503: ServerError,
}
_COMPLETIONS = "/organization/usage/completions"
_BAD: Mapping[str, dict[str, str]] = {
    "no start_time": {},
    "a start_time that is no number": {"start_time": "x"},
    "a limit that is no number": {"start_time": "1", "limit": "many"},
    "an unknown bucket_width": {"start_time": "1", "bucket_width": "2d"},
    "an unknown grouping": {"start_time": "1", "group_by": "modle"},
    "an unknown parameter": {"start_time": "1", "start_tme": "1"},
    "a bracketed list": {"start_time": "1", "group_by[]": "model"},
    "a batch that is neither true nor false": {"start_time": "1", "batch": "maybe"},
}
"""Requests to a completions endpoint that a referee has to refuse if it can see such things."""


def judge_by_mock(mock: MockServer, contract: Contract, *, folder: Path) -> ScoreSheet:
    """Ask both clients everything, in both formats of lists, of `mock` serving `contract`."""
    sheet = ScoreSheet(f"{mock.name} on {contract.name}", asked=_asked(mock, contract))
    port = free_port()
    command = mock.command(contract.write(folder), port=port)
    with serving(command, port=port, log=sheet.referee.replace(" ", "-")) as url:
        _see_what_it_sees(mock, url, sheet)
        outcomes = [outcome for ask in (send, send_async) for outcome in _ask_all(ask, mock, contract, url)]
    for outcome in outcomes:
        _judge(mock, outcome, sheet)
    answered = {o.errand.question.operation for o in outcomes if any(b.results for b in o.buckets)}
    for name in (operation.name for operation in contract.operations):
        sheet.expect(name in answered, f"control: never answers {name} with a result of its kind")
    return sheet


def _ask_all(ask: Ask, mock: MockServer, contract: Contract, url: str) -> Iterator[ErrandOutcome]:
    for array_format in FORMATS:
        plain = mock.headers(Steering(brackets=array_format == "brackets"))
        errands = [each for operation in contract.operations for each in _errands(mock, operation, plain)]
        yield from ask(ServerAddress(url), errands, array_format=array_format)


def _asked(mock: MockServer, contract: Contract) -> str:
    statuses = " and statuses" if mock.forces_statuses else ""
    return f"both clients at {len(contract.operations)} endpoints, its answers{statuses}"


def _errands(mock: MockServer, operation: DocumentedOperation, plain: Mapping[str, str]) -> Iterator[Errand]:
    """All questions; a cursor; random answers; pages as they come; and each documented status."""
    for question in questions(operation):
        yield Errand(question, plain, straightened)
    base = {"start_time": MIDNIGHT - 20 * DAY, "end_time": MIDNIGHT}
    cursor = Question(operation.name, "page", {**base, "page": "page_AA+/=b&c"})
    yield Errand(cursor, plain, straightened)
    random = Question(operation.name, "random answer", {**base})
    for seed in range(1, SEEDS + 1):
        yield Errand(random, {**plain, **mock.headers(Steering(seed=seed))}, straightened)
    yield Errand(Question(operation.name, "as it comes", {**base}), plain)
    for status in _statuses(operation) if mock.forces_statuses else ():
        question = Question(operation.name, f"status {status}", {**base})
        yield Errand(question, {**plain, **mock.headers(Steering(status=status))})


def _statuses(operation: DocumentedOperation) -> list[int]:
    documented = [int(status) for status in operation.statuses if status.isdigit()]
    errors = [status for status in documented if status >= 400]
    return sorted({*errors, *(_ERRORS if "default" in operation.statuses else ())})


def _judge(mock: MockServer, outcome: ErrandOutcome, sheet: ScoreSheet) -> None:
    question = outcome.errand.question
    name, label = question.operation, question.label
    sheet.expect(bool(outcome.exchanges), f"{name}: the client refuses what is documented", outcome.detail)
    accepted = [_judge_request(mock, exchange, question, sheet) for exchange in outcome.exchanges]
    if not all(accepted):
        return
    if label.startswith("status "):
        _judge_error(outcome, int(label.split()[1]), sheet)
    elif label == "as it comes":
        closed = outcome.error is None or isinstance(outcome.error, PaginationError)
        sheet.expect(closed, f"{name}: pages that contradict themselves, {_kind(outcome)}", outcome.detail)
    else:
        _judge_answer(outcome, sheet)


def _judge_request(mock: MockServer, exchange: Exchange, question: Question, sheet: ScoreSheet) -> bool:
    """The mock server has nothing against it, and all that was asked for is in it, and no more."""
    said, name = mock.objections(exchange), question.operation
    accepted = sheet.expect(not said, f"{name}: request refused, {', '.join(said)}", exchange.reproduction)
    differing = sorted(asked_for(question) ^ sent(exchange.url))
    sheet.expect(
        not differing,
        f"{name}: not what was asked for, {', '.join(sorted({each for each, _ in differing}))}",
        f"{question}\n{exchange.reproduction}",
    )
    return accepted


def _judge_error(outcome: ErrandOutcome, status: int, sheet: ScoreSheet) -> None:
    """The documented status becomes the documented error, with what the answer says."""
    name, error = outcome.errand.question.operation, outcome.error
    expected = _ERRORS.get(status, APIStatusError)
    if not sheet.expect(isinstance(error, expected), f"{name}: {status} is {_kind(outcome)}", outcome.detail):
        return
    answer = outcome.exchanges[-1]
    said = answer.headers.get("retry-after")
    if isinstance(error, APIStatusError):
        waits = (error.retry_after is None) if said is None else error.retry_after == float(said)
        sheet.expect(error.status == status and waits, f"{name}: {status} is misread", outcome.detail)


def _judge_answer(outcome: ErrandOutcome, sheet: ScoreSheet) -> None:
    name = outcome.errand.question.operation
    if outcome.error is not None:
        ours = "" if is_ours(outcome.error) else " (a foreign exception)"
        sheet.object(f"{name}: answer refused, {_reason(outcome.error)}{ours}", outcome.detail)
        return
    tag = OPERATIONS[name].result_object
    unlike = list(differences(outcome.sent, outcome.buckets, tag=tag))
    places = sorted({difference.partition(":")[0] for difference in unlike})
    sheet.expect(
        not unlike, f"{name}: handed out otherwise, {', '.join(places)}", f"{unlike[:1]}\n{outcome.detail}"
    )


def _see_what_it_sees(mock: MockServer, url: str, sheet: ScoreSheet) -> None:
    """A referee that refuses nothing judges nothing: these it should refuse."""
    key = {"Authorization": "Bearer sk-admin-x"}
    requests = [(what, parameters, key) for what, parameters in _BAD.items()]
    requests.append(("a request without a key", {"start_time": "1"}, {}))
    for what, parameters, headers in requests:
        answer = httpx.get(f"{url}{_COMPLETIONS}", params=parameters, headers=headers)
        exchange = Exchange("GET", answer.request.url, answer.status_code, answer.headers, answer.content)
        sheet.expect(bool(mock.objections(exchange)), f"control: does not see {what}", exchange.reproduction)


def _kind(outcome: ErrandOutcome) -> str:
    return type(outcome.error).__name__ if outcome.error else "no error"


def _reason(error: Exception) -> str:
    """Its class and message, without what differs from run to run."""
    message = re.sub(r"\[\d+\]", "[*]", str(error))
    return f"{type(error).__name__}: {re.sub(r'[0-9.]{3,}', 'N', message)[:200]}"
