"""The exit codes of `openai-org-usage vendor`, as `--help` shows them. A test holds them true."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class CopyState(IntEnum):
    """What a copy is; the values are exit codes of `--check`."""

    UP_TO_DATE = 0
    BEHIND = 3
    EDITED = 4
    INCOMPLETE = 5
    AHEAD = 6


EXIT_CODES: Final = {
    0: "done; with --check: up to date",
    1: "another error",
    2: "wrong usage",
    3: "behind the installed version",
    4: "locally edited",
    5: "files missing or added",
    6: "ahead of the installed version",
    10: "DEST is inside the project that is copied",
    11: "a file or a link stands where a folder should be",
    12: "no permission to read or write there",
    13: "the name cannot be imported, or hides a needed one",
    14: "the manifest was edited by hand or is cut short",
    15: "the folder is no vendored copy: it has no manifest",
    16: "there is a copy already, and no --update",
    17: "there is no copy to check or update",
}
