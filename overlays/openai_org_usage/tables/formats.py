"""The formats of files: which suffix means which, and what each needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from .optional_imports import require

Format = Literal["csv", "ndjson", "json", "parquet", "arrow", "xlsx"]
Dates = Literal["iso", "plain"]
"""How CSV has times: `2026-11-20T00:00:00Z`, or as spreadsheets read them, `2026-11-20` for whole days and
`2026-11-20 08:00:00` else. Both are UTC."""

BY_SUFFIX: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".xlsx": "xlsx",
}
BATCHED: Final = ("parquet", "arrow")
"""The formats that are made of record batches."""
BINARY: Final = (*BATCHED, "xlsx")
"""The formats that are no text."""
_LIBRARIES: Final[Mapping[str, str]] = {**dict.fromkeys(BATCHED, "pyarrow"), "xlsx": "xlsxwriter"}


def require_library_of(format: str) -> None:
    """Import the library that writes `format`, if it needs one.

    Raises:
        MissingExtraError: it is not installed.
    """
    if format in _LIBRARIES:
        require(_LIBRARIES[format])
