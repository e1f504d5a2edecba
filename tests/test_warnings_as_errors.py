"""Under `python -W error`, what is new in an answer is an error of ours that can be resumed from."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from openai_org_usage import OpenAIUsageError, UnknownFieldWarning, UnknownResultWarning

from .scripted import START, bucket, page, result, scripted


@pytest.mark.parametrize("kind", [UnknownFieldWarning, UnknownResultWarning])
@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_pull_goes_on_after_the_warning(kind: type[OpenAIUsageError], concurrency: int) -> None:
    """Nothing is lost and nothing comes twice; the warning is raised once."""
    name = f"{kind.__name__}_at_{concurrency}"  # What has been announced before is no news.
    two = result(tokens=2)
    news = bucket(1, {**two, name: 1}) if kind is UnknownFieldWarning else bucket(1, two, {"object": name})
    first, second, third = (
        page(bucket(0), cursor="B"),
        page(news, cursor="C"),
        page(bucket(2, result(tokens=3))),
    )
    client, _ = scripted(first, second, second, third, concurrency=concurrency)
    query = client.completions(start_time=START, page="A")

    rows: list[Any] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(OpenAIUsageError) as caught:
            rows.extend(query.rows())
        assert isinstance(caught.value, kind)
        rows.extend(client.resume(caught.value.resume).rows())

    assert [row.input_tokens for row in rows] == [1, 2, 3]
