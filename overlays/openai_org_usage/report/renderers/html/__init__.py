"""The report as one HTML page that needs nothing else: no script, no request, no font from elsewhere."""

from __future__ import annotations

from .page import render_html

__all__ = ["render_html"]
