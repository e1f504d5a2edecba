"""What a connection of its own says."""

from __future__ import annotations

from typing import Any

from openai_org_usage import Archive

Rows = list[tuple[Any, ...]]


def ask(archive: Archive, query: str) -> Rows:
    """What a connection of its own says."""
    connection = archive.duckdb()
    try:
        rows: Rows = connection.execute(query).fetchall()
        return rows
    finally:
        connection.close()
