"""The two mock servers: how each is run and steered, and how it says that it objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

import attrs

from codegen.tree import array_at, is_array, member, text_at

from .processes import NODE_TOOLS
from .wire import Exchange


@attrs.frozen
class Steering:
    """What a mock server is to do with a request."""

    seed: int | None = None
    """Fills the answer at random, the same for the same seed; None for its plainest answer."""
    status: int | None = None
    """Answers with that status, if the document has it."""
    brackets: bool = False
    """Lists come as `name[]=…`."""


class MockServer(Protocol):
    """A program that answers by a document, and judges requests by it."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def forces_statuses(self) -> bool:
        """Whether it can be told which documented status to answer with."""
        ...

    def command(self, document: Path, *, port: int) -> list[str]:
        """How it is run."""
        ...

    def headers(self, steering: Steering) -> dict[str, str]:
        """What to send along for it to do as told."""
        ...

    def objections(self, exchange: Exchange) -> list[str]:
        """What it says against a request: place and rule, the same in every run."""
        ...


class Prism:
    """Stoplight's Prism. It forces statuses and fills at random; undeclared parameters pass it by."""

    name = "Prism"
    forces_statuses = True

    def command(self, document: Path, *, port: int) -> list[str]:
        prism = str(NODE_TOOLS / "prism")
        return [prism, "mock", "--errors", "-v", "warn", "-h", "127.0.0.1", "-p", str(port), str(document)]

    def headers(self, steering: Steering) -> dict[str, str]:
        wishes: list[str] = []
        if steering.status is not None:
            wishes.append(f"code={steering.status}")
        if steering.seed is not None:
            wishes += ["dynamic=true", f"seed={steering.seed}"]
        return {"Prefer": ", ".join(wishes)} if wishes else {}

    def objections(self, exchange: Exchange) -> list[str]:
        return prism_objections(exchange)


class Steady:
    """Stainless' steady. It knows bracketed lists and undeclared parameters; credentials pass it by."""

    name = "steady"
    forces_statuses = False

    def command(self, document: Path, *, port: int) -> list[str]:
        return [str(NODE_TOOLS / "steady"), "--host", "127.0.0.1", "-p", str(port), "--quiet", str(document)]

    def headers(self, steering: Steering) -> dict[str, str]:
        headers = {"X-Steady-Query-Array-Format": "brackets"} if steering.brackets else {}
        if steering.seed is not None:
            headers |= {"X-Steady-Seed": str(steering.seed), "X-Steady-Array-Size": str(steering.seed % 4)}
        return headers

    def objections(self, exchange: Exchange) -> list[str]:
        count = int(exchange.headers.get("x-steady-error-count", "0"))
        facts = [f"x-steady-error-{number}" for number in range(1, count + 1)]
        said = [
            f"{exchange.headers.get(f'{fact}-path')}: {exchange.headers.get(f'{fact}-code')}"
            for fact in facts
        ]
        refused = exchange.headers.get("x-steady-request-valid") == "false"
        return said or (["refused without a reason"] if refused else [])


def prism_objections(exchange: Exchange, *, side: str = "request") -> list[str]:
    """What Prism says against the `request` or the `response`: the deepest places only.

    Against one result of a union it lists what every branch would have wanted; what is wrong with
    the branch that is meant lies deepest.
    """
    said = [(place, code) for place, code in _violations(exchange) if place[0] == side]
    deepest = max((len(place) for place, _ in said), default=0)
    return sorted({f"{_generalised(place[1:])}: {code}" for place, code in said if len(place) == deepest})


def _violations(exchange: Exchange) -> list[tuple[list[str], str]]:
    """Place and rule of each violation: from a body of Prism's own, else from the header."""
    body = exchange.json
    problem = text_at(body, "type").partition("/prism/errors#")[2]
    listed: object = json.loads("[]" if problem else exchange.headers.get("sl-violations", "[]"))
    violations = array_at(body, "validation") if problem else listed
    found = [
        ([str(part) for part in array_at(violation, "location")], str(member(violation, "code")))
        for violation in (violations if is_array(violations) else [])
        if member(violation, "severity") == "Error"
    ]
    if problem and not found:
        found.append(([], problem))
    return [(p if p[:1] in (["request"], ["response"]) else ["request", *p], code) for p, code in found]


def _generalised(place: list[str]) -> str:
    """A place without the numbers of items, and `credentials` where it is the request as such."""
    return ".".join("*" if part.isdigit() else part for part in place) or "credentials"
