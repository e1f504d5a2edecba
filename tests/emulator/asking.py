"""Asking an emulator over HTTP, and adding up what it answers."""

import socket
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal, localcontext
from typing import Any

import attrs
import httpx
import msgspec

from openai_org_usage._generated import DIRECTORY, OPERATIONS, Operation
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import Fault

DAY = 86_400
Json = dict[str, Any]
Value = str | int | bool | Sequence[str]
Parameters = dict[str, Value]
Pairs = list[tuple[str, str | int | float | bool | None]]


@attrs.define
class Api:
    """A plain HTTP client that decodes numbers exactly."""

    http: httpx.Client
    emulator: Emulator
    operations: Mapping[str, Operation]

    def response(self, name: str, **parameters: Value) -> httpx.Response:
        """Ask the endpoint `name` and return the response, whatever its status."""
        return self.http.get(self.operations[name].path.lstrip("/"), params=wire(parameters))

    def page(self, name: str, **parameters: Value) -> Json:
        """Ask the endpoint `name` and return its page."""
        response = self.response(name, **parameters)
        assert response.status_code == 200, response.text
        return decode(response.content)

    def error(self, name: str, **parameters: Value) -> Json:
        """Ask a bad question and return the error it is refused with, status 400."""
        response = self.response(name, **parameters)
        assert response.status_code == 400, response.text
        error: Json = response.json()["error"]
        return error

    def listed(self, name: str, project_id: str = "", **parameters: Value) -> httpx.Response:
        """Ask for a page of the list `name` and return the response, whatever its status."""
        path = DIRECTORY[name].path.lstrip("/").replace("{project_id}", project_id)
        return self.http.get(path, params=wire(parameters))

    def items(self, name: str, project_id: str = "", **parameters: Value) -> list[Json]:
        """Follow all pages of a list by their last IDs and return their items."""
        items: list[Json] = []
        after: Parameters = {}
        while True:
            page = self.listed(name, project_id, **parameters, **after).raise_for_status().json()
            items += page["data"]
            if not page["has_more"]:
                return items
            after = {"after": page["last_id"]}

    def buckets(self, name: str, **parameters: Value) -> list[Json]:
        """Follow all pages of a question and return their buckets."""
        page = self.page(name, **parameters)
        buckets: list[Json] = page["data"]
        while page["has_more"]:
            page = self.page(name, **parameters, page=page["next_page"])
            buckets += page["data"]
        return buckets

    def rows(self, name: str, **parameters: Value) -> list[Json]:
        """Follow all pages of a question and return the results of all buckets."""
        return [row for bucket in self.buckets(name, **parameters) for row in bucket["results"]]


@contextmanager
def api_of(
    emulator: Emulator, *, operations: Mapping[str, Operation] = OPERATIONS
) -> Generator[Api, None, None]:
    """Open a client with the emulator's key."""
    headers = {"authorization": f"Bearer {emulator.admin_key}"}
    with httpx.Client(base_url=emulator.base_url, headers=headers, trust_env=False, timeout=60) as http:
        yield Api(http, emulator, operations)


def ask(faulty: Api, now: int, fault: Fault, operation: str = "costs", **more: Value) -> httpx.Response:
    """Plant a fault for every request, and ask for three days."""
    faulty.emulator.faults = FaultPlan(fault)
    return faulty.response(operation, start_time=now - 2 * DAY, **more)


def raw_answer(
    emulator: Emulator, *, start: int, patience: float = 30, silence: float = 30
) -> tuple[bytes, str]:
    """Ask for costs over a socket; return what came before it was "closed", "reset" or "silent".

    It is silent when nothing comes for `patience` seconds, or nothing more for `silence` seconds.
    """
    url = httpx.URL(emulator.base_url)
    target = f"{url.path}{OPERATIONS['costs'].path}?start_time={start}"
    key = f"Authorization: Bearer {emulator.admin_key}"
    with socket.create_connection((url.host, url.port or 0), timeout=patience) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: emulator\r\n{key}\r\n\r\n".encode())
        received = b""
        try:
            while some := connection.recv(65_536):
                received += some
                connection.settimeout(silence)
        except ConnectionResetError:
            return received, "reset"
        except TimeoutError:
            return received, "silent"
    return received, "closed"


def wire(parameters: Parameters) -> Pairs:
    """Query pairs, with arrays as repeated names."""
    pairs: Pairs = []
    for name, value in parameters.items():
        if isinstance(value, bool):
            pairs.append((name, str(value).lower()))
        elif isinstance(value, str | int):
            pairs.append((name, str(value)))
        else:
            pairs += [(name, each) for each in value]
    return pairs


def decode(body: bytes) -> Json:
    """Decode JSON, keeping the digits of numbers with a fraction."""
    page: Json = msgspec.json.Decoder(Json, float_hook=Decimal).decode(body)
    return page


def numbers(operation: Operation) -> list[str]:
    """The names of an operation's metrics."""
    return [field.name for field in operation.fields if field.role == "metric"]


def flows(operation: Operation) -> list[str]:
    """The names of an operation's metrics that add up over time."""
    return [field.name for field in operation.fields if field.over_time == "sum" and field.role == "metric"]


def groupings(operation: Operation) -> list[str]:
    """Everything that an operation can be grouped by."""
    return list(operation.parameter("group_by").allowed_values)


def usage_names() -> list[str]:
    """The names of all endpoints but costs."""
    return [name for name, operation in OPERATIONS.items() if not has_money(operation)]


def has_money(operation: Operation) -> bool:
    """Whether an operation reports amounts of money."""
    return any(field.role == "money" for field in operation.fields)


def total(rows: Iterable[Json], names: Iterable[str]) -> Counter[str]:
    """Add up the named numbers of all rows."""
    wanted = list(names)
    sums: Counter[str] = Counter()
    for row in rows:
        for name in wanted:
            sums[name] += row[name]
    return sums


def money(rows: Iterable[Json]) -> Decimal:
    """Add up the amounts of all rows, to the last digit."""
    with localcontext() as context:
        context.prec = 60
        return sum((Decimal(row["amount"]["value"]) for row in rows), Decimal(0))
