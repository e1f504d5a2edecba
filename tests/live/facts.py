"""What the live API has been seen to do."""

from __future__ import annotations

from pathlib import Path

import yaml

FACTS: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "facts.yaml").read_text("utf-8"))
"""By name: what it says, how sure it is, what shows it, and `gathered` if the collection lacks it."""
