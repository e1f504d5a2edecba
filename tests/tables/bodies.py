"""Random pages of an operation, as the API sends them, and as it might."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from openai_org_usage import Operation
from openai_org_usage._generated import ResponseField

from ..conftest import DAY, MIDNIGHT

START = MIDNIGHT - 30 * DAY
WORDS = ["", "gpt-4o", "a,b", 'q"t', "line\nend", "cr\rend", "ünï", "null", "1e-999", "tab\tx", "=1+1", "\\"]
ODD_NUMBERS = [
    *("1e2", '"+1"', '".5"', '"5."', "1E-9", '"1e-7"', '"4.2e-05"', '"1E+2"'),
    *("0E-30", '"0E-6176"', '"-0E+6111"', "-0", '"-0"', '"0.00"', '"0e0"', '"0E-9999"'),
    *('"+1e2"', '".5e1"', '"5.e1"', '"123E-9"', '"0.0012e2"'),
]
OTHERS: list[Any] = [None, "x", True, 7, [1.50, {"b": [None]}], {"a": "ü"}, "2026-11-20T00:00:00Z"]


class Bodies:
    """Pages of `operation`; `oddity` is how likely a thing is not as documented."""

    def __init__(
        self, operation: Operation, random: Random, *, oddity: float = 0.0, results: int = 4
    ) -> None:
        self._operation = operation
        self._random = random
        self._oddity = oddity
        self._results = results

    def pages(self, count: int) -> list[bytes]:
        """The pages of one range, in order, each with the cursor of the next."""
        day = 0
        bodies: list[bytes] = []
        for number in range(count):
            days = self._random.randrange(5)
            buckets = [self._bucket(day + place) for place in range(days)]
            day += days
            bodies.append(self._page(buckets, "" if number == count - 1 else f"page_{number + 1}"))
        return bodies

    def _page(self, buckets: list[str], cursor: str) -> bytes:
        more, following = ("true", f'"{cursor}"') if cursor else ("false", "null")
        members = [
            '"object": "page"',
            f'"data": [{", ".join(buckets)}]',
            f'"has_more": {more}',
            f'"next_page": {following}',
            *self._others(),
        ]
        return self._object(members).encode()

    def _bucket(self, day: int) -> str:
        results = ", ".join(self._result(self._operation.fields) for _ in range(self._random.randrange(4)))
        key = "result" if self._is_odd() and self._is_odd() else "results"
        start = START + day * DAY
        times = [f'"start_time": {start}', f'"end_time": {start + DAY}']
        more = self._members(self._operation.bucket_fields)
        return self._object(['"object": "bucket"', *times, *more, f'"{key}": [{results}]', *self._others()])

    def _result(self, fields: tuple[ResponseField, ...]) -> str:
        return self._object([*self._members(fields), *self._others()])

    def _members(self, fields: tuple[ResponseField, ...]) -> list[str]:
        return [
            f'"{field.name}": {self._value(field)}'
            for field in fields
            if field.required or self._random.random() < 0.8
        ]

    def _value(self, field: ResponseField) -> str:
        if field.role == "tag":
            return (
                '"organization.usage.news.result"' if self._is_odd() else f'"{self._operation.result_object}"'
            )
        if not field.required and self._random.random() < 0.3:
            return "null"
        if field.fields:
            return self._result(field.fields)
        makers = {"integer": self._integer, "number": self._number, "boolean": self._boolean}
        return makers.get(field.type, self._string)()

    def _integer(self) -> str:
        whole = self._random.choice([0, 1, self._random.randrange(10**12), 2**53 + 1, 2**63 - 1])
        return f"{whole % 10**6}.0" if self._is_odd() else str(whole)

    def _number(self) -> str:
        if self._is_odd():
            return self._random.choice(ODD_NUMBERS)
        places = self._random.randrange(28)
        digits = f"{self._random.randrange(10**7)}.{self._random.randrange(10**27):027d}"[: 8 + places]
        digits = digits.rstrip(".") or "0"
        return self._random.choice([digits, f"-{digits}", f'"{digits}"'])

    def _boolean(self) -> str:
        return self._random.choice(['"true"', '"False"'] if self._is_odd() else ["true", "false"])

    def _string(self) -> str:
        return json.dumps(self._random.choice(WORDS), ensure_ascii=self._random.random() < 0.5)

    def _others(self) -> list[str]:
        if not self._is_odd():
            return []
        names = self._random.sample(["named_later", "seen_at_iso", "ünï", "_unknown_0", 'q"t'], 2)
        return [f"{json.dumps(name)}: {json.dumps(self._random.choice(OTHERS))}" for name in names]

    def _object(self, members: list[str]) -> str:
        if self._is_odd():
            self._random.shuffle(members)
        return "{" + ", ".join(members) + "}"

    def _is_odd(self) -> bool:
        return self._random.random() < self._oddity
