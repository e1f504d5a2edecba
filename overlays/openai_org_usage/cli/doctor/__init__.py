"""`doctor`: what stands between somebody and their usage data, and what to do about it."""

from __future__ import annotations

from .command import doctor_command

__all__ = ["doctor_command"]
