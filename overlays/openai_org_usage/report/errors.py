"""What making a report or checking a budget raises beyond the client's own errors."""

from __future__ import annotations

from .._generated import OpenAIUsageError


class ReportError(OpenAIUsageError, ValueError):
    """A report or budget cannot be made so; the message says what to change."""


class PartRefusedError(ReportError):
    """The API refuses to tell what one user or API key cost, so there is no report of that part."""
