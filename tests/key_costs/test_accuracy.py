"""How far off an estimate is, by what the API bills for; the figures are in docs/key-costs.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from .accuracy import TARIFFS, Tariff, accuracy

PAGE = Path(__file__).parents[2] / "docs" / "key-costs.md"


@pytest.mark.parametrize("tariff", TARIFFS[:2], ids=lambda tariff: tariff.name)
def test_what_line_items_tell_apart_is_exact(tariff: Tariff) -> None:
    """Models, kinds of tokens and tiers, however differently the keys use them."""
    found = accuracy(tariff, range(2))
    assert found.largest < 1e-9


@pytest.mark.skipif(not PAGE.is_file(), reason="only in the repository")
def test_the_page_has_them_all() -> None:
    """What makes an estimate wrong, each with its figures."""
    text = PAGE.read_text(encoding="utf-8")
    assert [tariff.name for tariff in TARIFFS if f"| {tariff.name} |" not in text] == []
