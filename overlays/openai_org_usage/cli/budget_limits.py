"""The limits of a budget, as `--limit` and the configuration have them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from .._generated import read_decimal
from ..money import currency_code
from .configuration.file import Configuration
from .errors import WrongUsageError

_SEVERAL: Final = re.compile(r"[^\s,;][\s,;]+[^\s,;].*=", re.DOTALL)
"""A limit after another one, as in `usd=5,eur=5`."""
_SEPARATED: Final = re.compile(r"\d[,'\u2019_\s]\d|\.\d+\.")
"""An amount as in `1,000`."""


def read_limits(texts: Sequence[str], currency: str) -> dict[str, Decimal]:
    """Limits by currency: of `500`, which is of `currency`, and `eur=300`.

    Raises:
        WrongUsageError: one is no amount, or its currency is no code, or has a limit already.
    """
    usual = _code(currency, "--currency")
    limits: dict[str, Decimal] = {}
    for text in texts:
        if _SEVERAL.search(text):
            raise WrongUsageError(
                f"--limit: {text!r} holds several limits: repeat the option, --limit usd=5 --limit eur=5"
            )
        name, equals, amount = text.rpartition("=")
        code = _code(name, "--limit") if equals else usual
        if code in limits:
            raise WrongUsageError(f"--limit: {code.upper()} has two: give one for each currency")
        limits[code] = _amount(amount)
    return limits


def configured_limits(configuration: Configuration, period: str) -> list[str]:
    """The limits of the configuration for `period` and the whole organization, as `--limit` takes them.

    Raises:
        WrongUsageError: there are none.
    """
    budgets = [each for each in configuration.tables.budgets if each.project is None]
    if not any(each.period == period for each in budgets):
        raise WrongUsageError(
            f"give --limit AMOUNT, or a limit for a {period} below [[budgets]] in the configuration"
        )
    return [f"{each.currency}={each.limit}" for each in budgets if each.period == period]


def _code(text: str, option: str) -> str:
    code = currency_code(text)
    if code is None:
        raise WrongUsageError(f"{option}: {text!r} is no currency code, such as usd")
    return code


def _amount(text: str) -> Decimal:
    try:
        amount = read_decimal(text)
    except ValueError:
        plainly = ", without thousands separators" if _SEPARATED.search(text) else ""
        raise WrongUsageError(
            f"--limit: {text!r} is no amount: write it like 500, 25.50 or eur=5{plainly}"
        ) from None
    if amount < 0:
        raise WrongUsageError(f"--limit: a limit is zero or more, not {text}")
    return amount


__all__ = ["configured_limits", "read_limits"]
