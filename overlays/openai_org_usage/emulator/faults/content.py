"""What faults of pages of usage and of pages of lists have in common: members, and results or items."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import attrs

from ..answer import ApiAnswer, answer_json
from ..list_paginator import ListJson
from ..paginator import BucketJson, PageJson
from ..request_context import RequestContext
from ..rows import Row
from .fault import Fault


@attrs.frozen(repr=False)
class ContentFault(Fault):
    """A fault inside of a page of either kind; refusals are left alone."""

    @abstractmethod
    def change_content(self, content: PageJson | ListJson) -> object:
        """The content of the answer, to be written as JSON; None to leave the page alone."""

    def spoil(self, context: RequestContext) -> ApiAnswer | None:
        """The changed page."""
        changed = None if context.content is None else self.change_content(context.content)
        return None if changed is None else answer_json(changed)


def each_entry(content: PageJson | ListJson, change: Callable[[Row], Row]) -> PageJson | ListJson | None:
    """The page with every result or item changed; None if the function leaves all as they are."""
    if content["object"] == "page":
        return each_result(content, change)
    items = [change(item) for item in content["data"]]
    changed = any(new is not old for new, old in zip(items, content["data"], strict=True))
    return {**content, "data": items} if changed else None


def each_result(page: PageJson, change: Callable[[Row], Row]) -> PageJson | None:
    """The page with every result changed; None if the function leaves all as they are."""
    changed = False
    buckets: list[BucketJson] = []
    for bucket in page["data"]:
        rows = [change(row) for row in bucket["results"]]
        changed = changed or any(new is not old for new, old in zip(rows, bucket["results"], strict=True))
        buckets.append({**bucket, "results": rows})
    return {**page, "data": buckets} if changed else None
