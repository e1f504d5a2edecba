"""Make `sources/*.yaml` from the documents themselves. Run by hand: `python -m tests.documented.extract`.

It needs the documents (`../shared` beside the repository) and the official SDK, installed in the
release that the file is to be about. The suite itself needs neither.
"""

from __future__ import annotations

from pathlib import Path

from .documents import official_sdk, seeds, upstream
from .sources import FOLDER, Source, as_text

SHARED = Path(__file__).parents[3] / "shared"
UPSTREAM = "2026-08-21"
COMMIT = "13c6a94fc"
LISTS_COMMIT = "f85dbe223"
"""Of the same day, and the first with the residency of projects; of usage it says the same."""
SDK = "3.52.0"


def sources() -> dict[str, Source]:
    """All sources by name, read from their documents."""
    (document,) = (SHARED / "upstream").glob(f"*_{UPSTREAM}_{COMMIT}.yaml.gz")
    found = {name: seeds.read(SHARED / "seeds", name) for name in seeds.SEEDS}
    found[f"upstream-{UPSTREAM}"] = upstream.read(document, name=f"upstream-{UPSTREAM}", date=UPSTREAM)
    (newest,) = (SHARED / "upstream").glob(f"*_{UPSTREAM}_{LISTS_COMMIT}.yaml.gz")
    name = f"upstream-{UPSTREAM}-lists"
    found[name] = upstream.read_lists(newest, name=name, date=UPSTREAM)
    found[f"openai-python-{SDK}"] = official_sdk.read()
    found[f"openai-python-{SDK}-lists"] = official_sdk.read_lists()
    return found


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, source in sources().items():
        path = FOLDER / f"{name}.yaml"
        path.write_text(as_text(source), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
