# What a pinned document gives `document.py`, for those who read the runtime where it lies.
from collections.abc import Mapping

SERVER_URL: str
PROVENANCE: Mapping[str, str]
OPERATION_NAMES: tuple[str, ...]
DIRECTORY_NAMES: tuple[str, ...]
