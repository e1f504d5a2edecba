"""`python -m benchmarks.emulated SECONDS`: the emulator, which answers SECONDS after each request.

A second address answers at once. What was asked at either is not computed again, so that an answer
takes the latency and no more, as if the API had a machine of its own. Prints both base URLs; ends
with its input.
"""

from __future__ import annotations

import asyncio
import sys

import httpx

from openai_org_usage.emulator import Emulator

from .http_listener import base_url_of, response, until_input_ends
from .pages import NOW


class Replay:
    """The emulator's answers, each computed once."""

    def __init__(self, emulator: Emulator) -> None:
        self._client = httpx.AsyncClient(
            base_url="http://emulator",
            transport=httpx.ASGITransport(emulator.app),
            headers={"Authorization": f"Bearer {emulator.admin_key}", "Accept-Encoding": "identity"},
        )
        self._answers: dict[str, bytes] = {}

    async def at_once(self, target: str) -> bytes:
        """The answer."""
        if target not in self._answers:
            answer = await self._client.get(target)
            self._answers[target] = response(answer.raise_for_status().content)
        return self._answers[target]


async def main(latency: float) -> None:
    """Answer until standard input ends."""
    replay = Replay(Emulator(now=lambda: NOW))

    async def later(target: str) -> bytes:
        await asyncio.sleep(latency)
        return await replay.at_once(target)

    print(await base_url_of(later), await base_url_of(replay.at_once), flush=True)
    await until_input_ends()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
