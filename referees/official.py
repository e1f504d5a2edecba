"""Referee 1: the official SDK reads our emulator, strictly, and has to see what our client sees.

Left to itself the SDK takes any answer without validating it; here its models validate, as pydantic
does by default and by its strict types, and no member may be missing or unknown to them. The SDK is
paged by hand, in small pages; our client pages in its own way.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

import openai
from openai import BaseModel
from openai.resources.admin.organization.usage import Usage

from openai_org_usage import OPERATIONS, Request

from .agreement import disagreements
from .documents import Contract, DocumentedOperation
from .emulated import samples_from
from .official_errors import judge_asynchronous, judge_errors
from .questions import PAGES_OF, Argument, Question, questions
from .readers import Errand, ErrandOutcome, ServerAddress, send
from .strict_models import next_page, objections
from .verdicts import ScoreSheet

_MOST_PAGES = 100
_NOT_PARAMETERS = {"self", "extra_headers", "extra_query", "extra_body", "timeout"}


class SentRequest(Protocol):
    """What is needed of a request of the SDK."""

    @property
    def url(self) -> object:
        """Where it went."""
        ...


class RawAnswer(Protocol):
    """What `with_raw_response` gives."""

    @property
    def http_request(self) -> SentRequest:
        """What was sent."""
        ...

    @property
    def content(self) -> bytes:
        """The body."""
        ...

    def parse(self) -> BaseModel:
        """The page."""
        ...


Method = Callable[..., RawAnswer]


def judge_by_official_sdk(pin: Contract, server: ServerAddress) -> ScoreSheet:
    """Everything that the pin documents, asked by the SDK and by our client."""
    asked = f"our emulator at {len(pin.operations)} endpoints, strictly; our client's requests, rows, totals"
    sheet = ScoreSheet("openai SDK", asked=asked)
    with openai.OpenAI(
        api_key="unused", admin_api_key=server.admin_key, base_url=server.base_url, max_retries=0
    ) as official:
        raw = official.admin.organization.usage.with_raw_response
        for operation in pin.operations:
            _judge_signature(operation, sheet)
            method: Method = getattr(raw, operation.name)
            _judge_requests(method, operation, sheet)
            asked_here = questions(operation, samples=samples_from(server, operation))
            for outcome in send(server, [Errand(each) for each in asked_here], array_format="brackets"):
                _judge(method, outcome, sheet)
        judge_errors(official, sheet)
    asyncio.run(judge_asynchronous(pin, server, sheet))
    return sheet


def _judge_signature(operation: DocumentedOperation, sheet: ScoreSheet) -> None:
    """The SDK has the same parameters."""
    theirs = inspect.signature(getattr(Usage, operation.name)).parameters.keys() - _NOT_PARAMETERS
    ours = {parameter.name for parameter in operation.parameters}
    differing = ", ".join(sorted(theirs ^ ours))
    sheet.expect(theirs == ours, f"{operation.name}: other parameters, {differing}")


def _judge_requests(method: Method, operation: DocumentedOperation, sheet: ScoreSheet) -> None:
    """The SDK sends what our client would, with characters that need care in a URL, too."""
    for question in questions(operation):
        url = str(method(**question.arguments).http_request.url)
        theirs = sorted(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        described = Request[object, object, object].of(OPERATIONS[operation.name], question.arguments)
        forms = {True: theirs, False: [(name.removesuffix("[]"), value) for name, value in theirs]}
        for brackets, expected in forms.items():
            ours = sorted(described.query(brackets=brackets))
            detail = f"{question}\nthe SDK sends {expected}\nour client {ours}"
            sheet.expect(ours == expected, f"{operation.name}: another request, {question.label}", detail)


def _judge(method: Method, outcome: ErrandOutcome, sheet: ScoreSheet) -> None:
    """One question: each page strictly, then all buckets against those of our client."""
    question = outcome.errand.question
    name = question.operation
    if not sheet.expect(outcome.error is None, f"{name}: our client fails", outcome.detail):
        return
    pages = _pages(method, question)
    for answer, page in pages:
        sheet.checks += 1
        for each in sorted(set(objections(type(page), answer.content))):
            sheet.object(f"{name}: {each}", f"{question}\n{answer.content[:300].decode()}")
    sheet.expect(next_page(pages[-1][1]) is None, f"{name}: more than {_MOST_PAGES} pages", str(question))
    if question.label == "open end":
        some = any(bucket.results for bucket in outcome.buckets)
        sheet.expect(some, f"{name}: nothing to compare", outcome.detail)
    sheet.checks += len(outcome.buckets)
    for what, detail in disagreements(name, [page for _, page in pages], outcome.buckets):
        sheet.object(f"{name}: {what} than our client", f"{question}\n{detail}")


def _pages(method: Method, question: Question) -> list[tuple[RawAnswer, BaseModel]]:
    """All pages, followed by hand."""
    arguments: dict[str, Argument] = {"limit": PAGES_OF, **question.arguments}
    pages: list[tuple[RawAnswer, BaseModel]] = []
    while len(pages) < _MOST_PAGES:
        answer = method(**arguments)
        page = answer.parse()
        pages.append((answer, page))
        following = next_page(page)
        if following is None:
            break
        arguments["page"] = following
    return pages
