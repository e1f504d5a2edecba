"""The token section: one bar of all tokens by kind and modality, its figures, and the models."""

from __future__ import annotations

from decimal import Decimal

from ... import formatting, summary
from ...tokens import TokenMix, TokenPart
from .markup import Markup, classes, number, tag
from .tables import counted, model_tokens_table


def token_section(mix: TokenMix) -> Markup | None:
    """The section; None if there were no tokens."""
    if not mix.sums.total:
        return None
    return tag(
        "section",
        tag("h2", "Tokens"),
        tag("p", summary.tokens(mix), class_="lead"),
        tag(
            "div",
            tag("section", tag("h3", "What tokens were used for"), _bar(mix), _parts(mix), class_="card"),
            tag("section", tag("h3", "By model"), model_tokens_table(mix), class_="card"),
            class_="pair",
        ),
        tag(
            "p",
            "Completions and responses only. Parts do not overlap: cached input and cache writes are not "
            "counted as input again.",
            class_="aside",
        ),
    )


def _bar(mix: TokenMix) -> Markup:
    return tag(
        "div",
        [
            tag(
                "span",
                class_=_colour(part),
                style=f"width:{number((part.share or Decimal(0)) * 100)}%",
                title=_said(part),
            )
            for part in mix.parts
            if part.tokens > 0
        ],
        class_="mix",
        aria_hidden="true",
    )


def _parts(mix: TokenMix) -> Markup:
    heads = ("Kind", "Tokens", "Share")
    return tag(
        "table",
        tag("thead", tag("tr", [tag("th", head, scope="col") for head in heads])),
        tag("tbody", [_part(part) for part in mix.parts]),
        class_="parts",
    )


def _part(part: TokenPart) -> Markup:
    swatch = tag("span", class_=f"swatch {_colour(part)}")
    return tag(
        "tr",
        tag("th", swatch, formatting.part(part.kind, part.modality), scope="row"),
        tag("td", counted(part.tokens)),
        tag("td", formatting.percent(part.share)),
    )


def _said(part: TokenPart) -> str:
    return f"{formatting.part(part.kind, part.modality)}: {part.tokens:,} ({formatting.percent(part.share)})"


def _colour(part: TokenPart) -> str:
    return classes("token", part.kind.replace(" ", "-"), part.modality) or ""
