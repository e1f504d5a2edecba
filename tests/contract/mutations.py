"""Valid pages, and how they are spoilt: token by token, so that many of them still look like pages."""

from __future__ import annotations

import re

from hypothesis import strategies as st

DAY = 86_400

TOKENS_RESULT = (
    '{"object": "organization.usage.completions.result", "input_tokens": 17, "output_tokens": 5, '
    '"num_model_requests": 3, "project_id": "proj_1", "model": "%s", "batch": false, "project_name": "S"}'
)
COST_RESULT = (
    '{"object": "organization.costs.result", "amount": {"value": %s, "currency": "usd"}, '
    '"line_item": "gpt-4o, input", "project_id": null, "quantity": 2.5}'
)


def _page(*results: str) -> str:
    buckets = ", ".join(
        f'{{"object": "bucket", "start_time": {day * DAY}, "end_time": {day * DAY + DAY}, "results": '
        f"[{', '.join(results)}]}}"
        for day in range(2)
    )
    return f'{{"object": "page", "data": [{buckets}], "has_more": false, "next_page": null}}'


SEEDS = {
    "completions": _page(TOKENS_RESULT % "gpt-4o", TOKENS_RESULT % "o3"),
    "costs": _page(COST_RESULT % '"0.001589850000000000000000000000"', COST_RESULT % "0.06"),
}
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}\[\],:]|\s+')
POOL = [
    *(
        "null",
        "true",
        "false",
        "[]",
        "{}",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        '""',
        '"x"',
        '"1"',
        '"true"',
        '"NaN"',
    ),
    *(
        "0",
        "-1",
        "-0",
        "1",
        "1.0",
        "1.5",
        "0.1",
        "1e2",
        "1E400",
        "-1e-400",
        "NaN",
        "Infinity",
        "-Infinity",
        "01",
    ),
    *(
        "9" * 19,
        "9" * 400,
        "1" + "0" * 5000,
        "86400",
        "172800",
        '"\\ud800"',
        '"\\u0000"',
        '"é"',
        "'",
        '"',
        "//",
    ),
    *(
        '"results"',
        '"result"',
        '"data"',
        '"object"',
        '"page"',
        '"bucket"',
        '"amount"',
        '"value"',
        '"currency"',
    ),
    *('"input_tokens"', '"start_time"', '"has_more"', '"next_page"', '"organization.costs.result"', '"eur"'),
    *('"_additional_properties"', '"unknown_results"', '"additional_properties"', '"1e400"', '" 1"', '"1_0"'),
]


def _kind(token: str) -> str:
    return "string" if token[0] == '"' else "number" if token[0] in "-0123456789" else token


def _changed(draw: st.DrawFn, tokens: list[str]) -> list[str]:
    """One change: mostly of a value for one of its kind, so that many pages stay pages."""
    at = draw(st.integers(0, len(tokens) - 1))
    kind = draw(st.sampled_from(["like"] * 8 + ["put", "insert", "drop", "double", "move", "member"]))
    if kind == "like":
        at = draw(
            st.sampled_from(
                [n for n, token in enumerate(tokens) if _kind(token) in ("string", "number")] or [0]
            )
        )
        like = [token for token in [*POOL, *tokens] if _kind(token) == _kind(tokens[at])]
        return [*tokens[:at], draw(st.sampled_from(like or POOL)), *tokens[at + 1 :]]
    if kind == "member":
        name, value = draw(st.sampled_from(POOL)), draw(st.sampled_from(POOL))
        return [*tokens[:at], name, ":", value, ",", *tokens[at:]]
    if kind in ("put", "insert"):
        return [*tokens[:at], draw(st.sampled_from(POOL)), *tokens[at + (kind == "put") :]]
    until = at + draw(st.sampled_from([1, 1, 2, 3, 4, 5, 8, 60]))
    if kind == "double":
        return [*tokens[:until], *tokens[at:until], *tokens[until:]]
    rest = tokens[:at] + tokens[until:]
    goal = draw(st.integers(0, len(rest)))
    return [*rest[:goal], *(tokens[at:until] if kind == "move" else []), *rest[goal:]] or ["{}"]


@st.composite
def mutated(draw: st.DrawFn, seed: str) -> bytes:
    """A valid page of which a few tokens, and perhaps bytes, are others."""
    tokens = _TOKEN.findall(seed)
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        tokens = _changed(draw, tokens)
    body = "".join(tokens).encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(body)))
        body = body[:at] + draw(st.binary(max_size=3)) + body[at + draw(st.integers(0, 3)) :]
    return body
