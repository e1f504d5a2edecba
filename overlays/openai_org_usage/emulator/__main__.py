"""Run the emulator by hand: `python -m openai_org_usage.emulator [--port N] [--seed N]`."""

import argparse
import time
from collections.abc import Sequence
from threading import Event

from . import Emulator

_DAY = 86_400


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted with Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m openai_org_usage.emulator",
        description="Serve a synthetic organization's usage and costs on a loopback port.",
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--seed", type=int, default=0, help="which organization (default: 0)")
    options = parser.parse_args(arguments)
    with Emulator(port=options.port, seed=options.seed) as emulator:
        print(_greeting(emulator, start=int(time.time()) // _DAY * _DAY - 7 * _DAY), flush=True)
        try:
            Event().wait()
        except KeyboardInterrupt:
            print("\nStopped.")


def _greeting(emulator: Emulator, *, start: int) -> str:
    url = f"{emulator.base_url}/organization/costs?start_time={start}&group_by=line_item"
    return (
        f"Base URL   {emulator.base_url}\n"
        f"Admin key  {emulator.admin_key}\n\n"
        f"export OPENAI_BASE_URL={emulator.base_url}\n"
        f"export OPENAI_ADMIN_KEY={emulator.admin_key}\n\n"
        f'curl -H "Authorization: Bearer {emulator.admin_key}" \\\n'
        f"  '{url}'\n\n"
        "Press Ctrl-C to stop."
    )


if __name__ == "__main__":
    main()
