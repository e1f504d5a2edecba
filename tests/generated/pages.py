"""Bodies of pages for the decoder, as text to spoil."""

from __future__ import annotations

TOKENS = (
    '{"object": "organization.usage.completions.result", '
    '"input_tokens": 1, "output_tokens": 2, "num_model_requests": 3%s}'
)
COST = '{"object": "organization.costs.result", "amount": {"value": %s, "currency": "usd"}}'


def around(data: str) -> bytes:
    """A page whose `data` is this JSON."""
    return f'{{"object": "page", "data": {data}, "has_more": false, "next_page": null}}'.encode()


def page(*results: str, more: str = "false", cursor: str = "null", key: str = "results") -> bytes:
    """A page with one bucket that holds `results`."""
    bucket = f'{{"object": "bucket", "start_time": 0, "end_time": 86400, "{key}": [{", ".join(results)}]}}'
    return f'{{"object": "page", "data": [{bucket}], "has_more": {more}, "next_page": {cursor}}}'.encode()


def tokens(extra: str = "") -> bytes:
    """A page of one completions result with `extra` members."""
    return page(TOKENS % extra)


def cost(amount: str) -> bytes:
    """A page of one costs result whose amount has this JSON as its value."""
    return page(COST % amount)


def spoilt(old: str, new: str) -> bytes:
    """A good page of completions with `old`, which must be there, replaced by `new`."""
    body = tokens()
    assert old.encode() in body
    return body.replace(old.encode(), new.encode(), 1)
