"""What the code generation tools raise when an input cannot be used."""

from __future__ import annotations


class CodegenError(Exception):
    """An input is wrong; the message says which, where, and what to do. Nothing was written."""
