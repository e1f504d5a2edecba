"""`python -m benchmarks.restating SECONDS`: an emulator that restates, SECONDS after each request.

Its clock stands still until a request for `/v1/now/MOMENT`, in Unix seconds. What was asked at a moment is
not computed again. Amounts have digits up to the thirtieth place, as recorded ones have. Prints the base URL;
ends with its input.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from decimal import Decimal
from typing import Any

import httpx

from openai_org_usage.emulator import Emulator, Restatements

from .http_listener import base_url_of, response, until_input_ends
from .pages import NOW

_PLACES = Decimal(1).scaleb(-30)
_SET_CLOCK = "/v1/now/"


class RestatingReplay:
    """The emulator's answers at the moment, each computed once."""

    def __init__(self, latency: float) -> None:
        self._now = float(NOW)
        self._latency = latency
        emulator = Emulator(now=lambda: self._now, restatements=Restatements())
        self._client = httpx.AsyncClient(
            base_url="http://emulator",
            transport=httpx.ASGITransport(emulator.app),
            headers={"Authorization": f"Bearer {emulator.admin_key}", "Accept-Encoding": "identity"},
        )
        self._answers: dict[tuple[float, str], bytes] = {}

    async def respond(self, target: str) -> bytes:
        """The answer, or the clock set."""
        if target.startswith(_SET_CLOCK):
            self._now = float(target.removeprefix(_SET_CLOCK))
            return response(b"{}")
        await asyncio.sleep(self._latency)
        asked = self._now, target
        if asked not in self._answers:
            page = (await self._client.get(target)).raise_for_status().json()
            self._answers[asked] = response(json.dumps(_with_digits(page)).encode())
        return self._answers[asked]


def _with_digits(page: dict[str, Any]) -> dict[str, Any]:
    for bucket in page["data"]:
        for result in bucket["results"]:
            named = f"{bucket['start_time']} {result['project_id']} {result['line_item']}"
            tail = int.from_bytes(hashlib.sha256(named.encode()).digest()[:8], "big") * _PLACES
            result["amount"]["value"] = f"{Decimal(result['amount']['value']) + tail:f}"
    return page


async def main(latency: float) -> None:
    """Answer until standard input ends."""
    print(await base_url_of(RestatingReplay(latency).respond), flush=True)
    await until_input_ends()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
