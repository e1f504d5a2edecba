"""`python -m tests.display`: how many hostile texts come to a terminal, output by output."""

from __future__ import annotations

from .outputs import outputs
from .server import hostile_server
from .strings import HOSTILE
from .terminal import shown


def main() -> None:
    """Print the figures."""
    with hostile_server() as server:
        named = outputs(server)
        seen = iter(shown([words for runs in named.values() for words in runs]))
        found = {name: [next(seen) for _ in runs] for name, runs in named.items()}
    print(f"{'output':40} runs  hits  characters")
    for name, runs in found.items():
        hits = {hit for run in runs for hit in run.hits}
        characters = {char for run in runs for char in run.forbidden}
        print(f"{name:40} {len(runs):4} {len(hits):5} {len(characters):11}")
    total = sum(len({hit for run in runs for hit in run.hits}) for runs in found.values())
    print(f"{len(HOSTILE)} texts x {len(found)} outputs = {len(HOSTILE) * len(found)}; {total} came through")


if __name__ == "__main__":
    main()
