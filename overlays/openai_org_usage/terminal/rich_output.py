"""Tables and texts drawn by rich, for terminals and pipes: cleaned first, then coloured.

What is drawn is never read as rich's markup, whatever it contains.
"""

from __future__ import annotations

from io import StringIO
from typing import Literal

from rich.console import Console, RenderableType
from rich.segment import Segment, Segments

from ..printable import visible
from .streams import StyledText

_HEIGHT = 25
"""Lines. It decides nothing, but without it rich takes a dumb terminal to be 80 characters wide."""
Colors = Literal["auto", "truecolor"]


def render(content: RenderableType, *, width: int, colors: Colors | None) -> StyledText:
    """Draw `content` in at most `width` columns; with escape codes if there are `colors`."""
    console = Console(
        file=StringIO(),
        width=width,
        height=_HEIGHT,
        highlight=False,
        markup=False,
        emoji=False,
        force_terminal=colors is not None,
        color_system=colors,
        legacy_windows=False,
    )
    # The texts are cleaned long before. Here even those are that somebody forgot.
    segments = [
        Segment(visible(each.text), each.style) for each in console.render(content) if not each.control
    ]
    with console.capture() as captured:
        console.print(Segments(segments))
    return StyledText(captured.get())
