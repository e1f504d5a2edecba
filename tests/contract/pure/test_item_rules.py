"""The rules of walking over the pages of a list."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage._generated import (
    DIRECTORY,
    InvalidParameterError,
    ListOperation,
    ListRequest,
    list_project_api_keys,
    list_projects,
)
from openai_org_usage.errors import PaginationError
from openai_org_usage.pagination.item_rules import LARGEST_PAGE, ItemWalk, ListResumePoint, page_size
from openai_org_usage.pagination.rules import PageCount


@attrs.frozen
class OneItem:
    """An item."""

    id: str


@attrs.frozen
class Items:
    """A page of items."""

    data: Sequence[OneItem] = ()
    last_id: Any = None
    has_more: bool = False


def items(ids: str) -> list[OneItem]:
    """One for each letter."""
    return [OneItem(letter) for letter in ids]


def more(ids: str) -> Items:
    """A page that promises more after its last item."""
    return Items(items(ids), ids[-1], has_more=True)


def last(ids: str) -> Items:
    """The last page."""
    return Items(items(ids), ids[-1:] or None)


def walk(*, cap: int = 100, seen: Sequence[str] = (), **arguments: Any) -> ItemWalk[Any, Any]:
    """A walk over projects."""
    request: ListRequest[Any, Any] = list_projects.request(**arguments)
    return ItemWalk(request=request, count=PageCount(cap), seen=set(seen))


def refused(page: Items, begun: ItemWalk[Any, Any] | None = None) -> PaginationError:
    """How a walk refuses `page`; it stays where it was."""
    begun = begun or walk()
    before, point = begun.request, begun.point
    with pytest.raises(PaginationError) as caught:
        begun.accept(page)
    assert begun.request is before
    assert begun.point == point
    assert not begun.is_over
    return caught.value


def test_the_next_request_differs_by_the_last_id_only() -> None:
    """All else is kept; after the last page there is none, whatever its last id."""
    begun = walk(include_archived=True, limit=2)
    begun.accept(more("ab"))
    assert begun.request == list_projects.request(include_archived=True, limit=2, after="b")
    begun.accept(more("cd"))
    assert begun.request == list_projects.request(include_archived=True, limit=2, after="d")
    assert not begun.is_over
    begun.accept(last("e"))
    assert begun.is_over
    assert begun.count.pages == 3
    assert begun.seen == set("abcde")


def test_a_project_stays_the_project() -> None:
    """What stands in the path is on every request."""
    request: ListRequest[Any, Any] = list_project_api_keys.request("proj_a")
    begun = ItemWalk(request=request, count=PageCount(9), seen=set[str]())
    begun.accept(more("k"))
    assert begun.request == list_project_api_keys.request("proj_a", after="k")


@pytest.mark.parametrize("page", [last(""), Items(), Items((), "left over")])
def test_a_list_may_be_empty(page: Items) -> None:
    """That is an end."""
    begun = walk()
    begun.accept(page)
    assert begun.is_over


@pytest.mark.parametrize("cursor", [None, ""])
def test_more_needs_a_last_id(cursor: str | None) -> None:
    """The message shows what came instead."""
    error = refused(Items(items("a"), cursor, has_more=True))
    assert str(error) == f"projects: has_more is true, but last_id is {cursor!r}"
    assert error.cursor is None


def test_more_needs_an_item() -> None:
    """A page without items cannot say after which one the list goes on, whatever last id it names."""
    assert str(refused(Items((), "a", has_more=True))) == "projects: has_more is true on a page without items"


def test_a_last_id_comes_once() -> None:
    """A, A and A, B, A are circles; so is the id that the walk began after."""
    begun = walk()
    begun.accept(more("a"))
    error = refused(Items(items("b"), "a", has_more=True), begun)
    assert str(error) == "projects: the last id 'a' came before: the pages go in a circle"
    assert error.cursor == "a"
    begun.accept(more("b"))
    assert refused(Items(items("c"), "a", has_more=True), begun).cursor == "b"
    assert refused(Items(items("y"), "x", has_more=True), walk(after="x")).cursor == "x"


def test_an_item_comes_once() -> None:
    """Neither on one page nor on two may it come again, and not after resuming either."""
    assert str(refused(last("aba"))) == "projects: the item 'a' came before"
    begun = walk()
    begun.accept(more("ab"))
    assert "'a' came before" in str(refused(last("ca"), begun))
    begun.accept(last("cd"))
    assert begun.seen == set("abcd")
    assert "'z' came before" in str(refused(last("z"), walk(after="y", seen="yz")))


def test_more_pages_than_the_cap_are_refused() -> None:
    """The cap counts pages, the last one included."""
    begun = walk(cap=2)
    begun.accept(more("a"))
    begun.accept(more("b"))
    assert str(refused(last("c"), begun)) == "projects: there are more than 2 pages; the cap is max_pages"


def test_a_key_that_comes_back_is_not_shown() -> None:
    """A server may echo the key where an id is due."""
    key = "sk-admin-canary-3f9a1c"
    begun = walk()
    begun.accept(Items(items("a"), key, has_more=True))
    error = refused(Items([OneItem("b")], key, has_more=True), begun)
    assert "canary" not in f"{error} {error!r} {vars(error)}"
    error = refused(Items([OneItem(key), OneItem(key)]), walk())
    assert "canary" not in f"{error} {error!r} {vars(error)}"


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=4), max_size=6))
def test_what_is_accepted_has_each_item_once(pages: list[str]) -> None:
    """Of whatever pages: all items of those that were accepted, none twice, in order."""
    begun, accepted = walk(), ""
    for ids in pages:
        try:
            begun.accept(more(ids))
        except PaginationError:
            assert set(ids) & set(accepted) or len(set(ids)) < len(ids)
            break
        accepted += ids
    assert sorted(accepted) == sorted(begun.seen)
    assert begun.point.cursor == (accepted[-1:] or None)


def test_where_a_list_goes_on_can_be_pickled() -> None:
    """With the ids that have come, which no representation shows: a list has many."""
    begun = walk()
    begun.accept(more("ab"))
    point = pickle.loads(pickle.dumps(begun.point))
    assert point == begun.point == ListResumePoint(list_projects.request(after="b"), frozenset("ab"))
    assert point.cursor == "b"
    assert "frozenset" not in repr(point)


def operation(maximum: int | None) -> ListOperation:
    """A list with that largest page."""
    limit = attrs.evolve(DIRECTORY["projects"].parameter("limit"), maximum=maximum)
    return attrs.evolve(DIRECTORY["projects"], parameters=(limit,))


def test_the_largest_page_is_asked_for() -> None:
    """The largest documented one, else what other lists document; what the caller chose is kept."""
    assert page_size(operation(70), None) == 70
    assert page_size(operation(None), None) == LARGEST_PAGE == 100
    assert page_size(operation(70), 70) is None
    assert page_size(operation(None), 1_000) is None
    assert page_size(attrs.evolve(operation(70), parameters=()), None) is None


@pytest.mark.parametrize(
    ("maximum", "chosen", "allowed"),
    [(70, 0, "between 1 and 70"), (70, 71, "between 1 and 70"), (None, 0, "at least 1")],
)
def test_a_page_size_that_is_not_documented_is_refused(
    maximum: int | None, chosen: int, allowed: str
) -> None:
    """Before anything is sent."""
    with pytest.raises(InvalidParameterError) as caught:
        page_size(operation(maximum), chosen)
    assert str(caught.value) == f"projects: limit is {allowed}, not {chosen}"
    assert caught.value.parameter == "limit"


@pytest.mark.parametrize("name", DIRECTORY)
def test_every_list_goes_on_after_an_id(name: str) -> None:
    """What the rules take for granted of an operation of the document."""
    assert {"after", "limit"} <= set(DIRECTORY[name].parameter_names)
    assert {"id", "object"} <= {field.name for field in DIRECTORY[name].fields}
