"""Arithmetic on columns in lanes is arithmetic on their numbers."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage.emulator.packed_ints import lanes_for

NUMBERS = st.lists(st.integers(0, 2**60 - 1), min_size=2, max_size=20)


@given(numbers=NUMBERS, divisor=st.integers(1, 2**24 - 1), near=st.integers(-1, 1))
def test_quotients_are_exact(numbers: list[int], divisor: int, near: int) -> None:
    """Also right below, at and above the multiples of the divisor, where a reciprocal would slip."""
    close = [min(2**60 - 1, max(0, number // divisor * divisor + near)) for number in numbers]
    lanes = lanes_for(len(close))

    assert list(lanes.unpack(lanes.divide(lanes.pack(close), divisor))) == [n // divisor for n in close]


@given(numbers=NUMBERS.map(sorted), factor=st.integers(0, 2**30), more=st.integers(0, 2**60))
def test_steps_are_those_of_the_numbers(numbers: list[int], factor: int, more: int) -> None:
    """Whatever was added to all of them, and for numbers that do not fall."""
    lanes, steps = lanes_for(len(numbers)), lanes_for(len(numbers) - 1)
    column = lanes.pack(numbers) * factor + lanes.ones * more
    expected = [(after - before) * factor for before, after in pairwise(numbers)]

    if all(step < 2**64 for step in expected):
        assert list(steps.unpack(lanes.steps(column))) == expected
