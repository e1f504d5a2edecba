"""Where the configuration file is, if there is one; to know that nothing has to be loaded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

VARIABLE: Final = "OPENAI_ORG_USAGE_CONFIG"


def configuration_path(given: Path | None) -> Path | None:
    """The file that is `given`, else what the environment names, else the one in the usual place.

    None where nothing names one and there is none in that place, which the XDG specification has.
    """
    if given is not None or os.environ.get(VARIABLE):
        return given or Path(os.environ[VARIABLE])
    folder = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    try:
        path = (
            (folder if folder.is_absolute() else Path.home() / ".config") / "openai-org-usage" / "config.toml"
        )
    except RuntimeError:  # Nobody's home is known.
        return None
    return path if path.exists() else None


__all__ = ["VARIABLE", "configuration_path"]
