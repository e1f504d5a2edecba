"""The limit of requests under way, and the slots that it gives."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from openai_org_usage.http.concurrency_limit import AdaptiveLimit, Slots


def _limits(*steps: str, maximum: int = 8) -> list[int]:
    limit = AdaptiveLimit(maximum)
    permit = limit.permit()
    found: list[int] = []
    for step in steps:
        match step:
            case "permit":
                permit = limit.permit()
            case "429":
                limit.throttled(permit)
            case _:
                limit.succeeded()
        found.append(limit.limit)
    return found


def test_each_429_to_a_new_attempt_halves_down_to_one() -> None:
    """8, 4, 2, 1, and never less."""
    assert _limits(*["permit", "429"] * 5)[1::2] == [4, 2, 1, 1, 1]


def test_attempts_that_were_under_way_together_halve_once() -> None:
    """Eight 429 to one volley are one sign, not eight."""
    assert _limits(*["429"] * 8) == [4] * 8


def test_about_as_many_answers_as_the_limit_raise_it_by_one() -> None:
    """Additive increase, up to the maximum and no further."""
    raised = _limits("429", *["answer"] * 60)
    assert raised[0] == 4
    assert [raised.index(limit) for limit in (5, 6, 7, 8)] == [5, 10, 17, 24]  # limit² grows by two
    assert raised[-1] == max(raised) == 8


def test_from_one_the_next_answer_allows_two() -> None:
    """The lowest limit is left at once when it works again."""
    assert _limits("429", "answer", maximum=2) == [1, 2]


def test_an_old_permit_does_not_halve_again() -> None:
    """A late 429 to an attempt of before the last halving is old news."""
    limit = AdaptiveLimit(8)
    old, other = limit.permit(), limit.permit()
    limit.throttled(old)
    limit.succeeded()
    limit.throttled(other)
    assert limit.limit == 4
    limit.throttled(limit.permit())
    assert limit.limit == 2


def test_each_halving_makes_older_permits_old() -> None:
    """Also the second one, and the third."""
    limit = AdaptiveLimit(8)
    for expected in (4, 2, 1):
        permits = [limit.permit(), limit.permit()]
        for permit in permits:
            limit.throttled(permit)
        assert limit.limit == expected


def test_in_a_child_all_slots_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a fork nothing of the parent is under way."""

    async def main() -> None:
        slots = Slots(1)
        await slots.acquire()
        monkeypatch.setattr("os.getpid", lambda: -1)
        async with asyncio.timeout(1):
            await slots.acquire()
        waiting = asyncio.create_task(slots.acquire())
        await asyncio.sleep(0)
        assert not waiting.done()
        slots.release()
        await waiting

    asyncio.run(main())


def test_slots_are_given_in_order_and_no_more_than_the_limit() -> None:
    """First come, first served."""

    async def main() -> list[int]:
        slots, order = Slots(2), list[int]()

        async def use(number: int) -> None:
            await slots.acquire()
            order.append(number)
            await asyncio.sleep(0)
            slots.release()

        await asyncio.gather(*(use(number) for number in range(7)))
        return order

    assert asyncio.run(main()) == list(range(7))


@pytest.mark.parametrize("order", ["cancel, release", "release, cancel", "cancel both, release"])
def test_a_cancelled_waiter_and_a_release_at_the_same_moment(order: str) -> None:
    """Neither breaks the other, and no slot is lost, whichever comes first."""

    async def main() -> None:
        slots = Slots(1)
        await slots.acquire()
        waiters = [asyncio.create_task(slots.acquire()) for _ in range(2)]
        await asyncio.sleep(0)
        match order:
            case "cancel, release":
                waiters[0].cancel()
                slots.release()
            case "release, cancel":
                slots.release()
                waiters[0].cancel()
            case _:
                waiters[0].cancel()
                waiters[1].cancel()
                slots.release()
        done = await asyncio.gather(*waiters, return_exceptions=True)
        kinds = [type(found).__name__ for found in done]
        assert kinds == ["CancelledError", "CancelledError" if "both" in order else "Permit"]
        if "both" not in order:
            slots.release()
        async with asyncio.timeout(1):
            await slots.acquire()

    asyncio.run(main())


def test_slots_survive_any_mixture_of_cancellations() -> None:
    """After a thousand waiters of which a third are cancelled, as many may begin as before."""

    async def main() -> int:
        slots, random = Slots(3), Random(7)
        under_way = most = 0

        async def use() -> None:
            nonlocal under_way, most
            await slots.acquire()
            under_way += 1
            most = max(most, under_way)
            try:
                await asyncio.sleep(0)
            finally:
                under_way -= 1
                slots.release()

        tasks = [asyncio.create_task(use()) for _ in range(1000)]
        while not all(task.done() for task in tasks):
            await asyncio.sleep(0)
            for task in random.sample(tasks, 5):
                task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(found) for found in outcomes} == {type(None), asyncio.CancelledError}
        async with asyncio.timeout(1):
            await asyncio.gather(slots.acquire(), slots.acquire(), slots.acquire())
        return most

    assert asyncio.run(main()) == 3
