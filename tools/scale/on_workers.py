"""What Spark's own processes import: the source at the moment of the emulators, and a secret provider."""

from __future__ import annotations

import json
import os
from pathlib import Path

from openai_org_usage.connectors.spark import OpenAIUsageSource

PRESENT_VARIABLE = "SCALE_PRESENT"
"""Names a file that has the present of the emulators, in Unix seconds."""
SECRETS_VARIABLE = "SCALE_SECRETS"
"""Names a file that has keys by organization, as a secret store would."""


class SourceAtPresent(OpenAIUsageSource):
    """The data source, with the clock of the emulators."""

    @staticmethod
    def clock() -> float:
        """The present of the emulators."""
        return float(Path(os.environ[PRESENT_VARIABLE]).read_text(encoding="ascii"))


def key_of(organization: str) -> str:
    """The key of an organization, from the secret store."""
    keys: dict[str, str] = json.loads(Path(os.environ[SECRETS_VARIABLE]).read_text(encoding="utf-8"))
    return keys[organization]
