"""What the synthetic company uses: plain data, no logic. `roster.py` has who they are.

Names that are not listed here (a new endpoint, dimension or metric of the registry) get generic
values, so this file makes answers look lifelike and is never needed to make them work.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

ORGANIZATION_ID = "org-emulated"
ORGANIZATION_NAME = "Emulated Organization"


@attrs.frozen
class ModelUse:
    """A model, its share of an endpoint's requests, and what one request uses on average."""

    model: str
    share: int
    averages: Mapping[str, int]


@attrs.frozen
class Workload:
    """How an endpoint is used: requests on an ordinary day, models, averages for any model."""

    requests: int
    models: tuple[ModelUse, ...]
    averages: Mapping[str, int]
    rhythm: str | None = None


def _text(fresh: int, cached: int, output: int, **others: int) -> dict[str, int]:
    tokens = {"input_text_tokens": fresh, "input_cached_text_tokens": cached}
    return tokens | {"output_text_tokens": output} | others


_WRITES = {"input_cache_write_30m_tokens": 180, "input_cache_write_12h_tokens": 40}
_SPOKEN = {
    "input_audio_tokens": 610,
    "input_cached_audio_tokens": 140,
    "output_audio_tokens": 420,
}
_SEEN = {"input_image_tokens": 260, "input_cached_image_tokens": 60}

OTHER_WORKLOAD = Workload(
    requests=600,
    models=(
        ModelUse("gpt-5-mini-2025-08-07", 60, {}),
        ModelUse("gpt-4.1-mini-2025-04-14", 40, {}),
    ),
    averages={"input_tokens": 900, "output_tokens": 220} | _text(700, 160, 220),
)
"""How an endpoint is used that has no entry in `WORKLOADS`."""

WORKLOADS: Mapping[str, Workload] = {
    "completions": Workload(
        requests=64_000,
        models=(
            ModelUse("gpt-4o-mini-2024-07-18", 24, _text(1450, 420, 260)),
            ModelUse("gpt-4o-2024-08-06", 11, _text(1900, 700, 410, **_SEEN)),
            ModelUse("gpt-4.1-2025-04-14", 14, _text(3800, 2100, 520)),
            ModelUse("gpt-4.1-mini-2025-04-14", 16, _text(2600, 900, 330)),
            ModelUse("gpt-5-2025-08-07", 12, _text(4200, 3100, 1150, output_image_tokens=18) | _WRITES),
            ModelUse("gpt-5-mini-2025-08-07", 13, _text(2900, 1800, 640) | _WRITES),
            ModelUse("gpt-5-nano-2025-08-07", 6, _text(800, 200, 150) | _WRITES),
            ModelUse("o4-mini-2025-04-16", 3, _text(2200, 600, 2400)),
            ModelUse("chat-latest", 3, _text(1300, 300, 480)),
            ModelUse("gpt-audio-2025-08-28", 1, _text(240, 60, 130) | _SPOKEN),
        ),
        averages={},
    ),
    "decisions": Workload(
        requests=2_600,
        models=(
            ModelUse("gpt-5-mini-2025-08-07", 70, _text(1700, 900, 90) | _WRITES),
            ModelUse("gpt-5-nano-2025-08-07", 30, _text(600, 150, 40)),
        ),
        averages={},
    ),
    "embeddings": Workload(
        requests=21_000,
        models=(
            ModelUse("text-embedding-3-small", 70, {}),
            ModelUse("text-embedding-3-large", 30, {}),
        ),
        averages={"input_tokens": 2_400},
    ),
    "moderations": Workload(
        requests=9_000,
        models=(ModelUse("omni-moderation-2024-09-26", 1, {}),),
        averages={"input_tokens": 310},
    ),
    "images": Workload(
        requests=420,
        models=(ModelUse("gpt-image-1", 70, {}), ModelUse("dall-e-3", 30, {})),
        averages={"images": 2},
    ),
    "audio_speeches": Workload(
        requests=900,
        models=(ModelUse("gpt-4o-mini-tts", 60, {}), ModelUse("tts-1", 40, {})),
        averages={"characters": 740},
    ),
    "audio_transcriptions": Workload(
        requests=650,
        models=(ModelUse("gpt-4o-transcribe", 55, {}), ModelUse("whisper-1", 45, {})),
        averages={"seconds": 210},
    ),
    "web_search_calls": Workload(
        requests=800,
        models=(
            ModelUse("gpt-5-2025-08-07", 45, {}),
            ModelUse("gpt-5-mini-2025-08-07", 35, {}),
            ModelUse("gpt-4.1-2025-04-14", 20, {}),
        ),
        averages={"num_requests": 2},
    ),
    "file_search_calls": Workload(requests=1_500, models=(), averages={}),
    "code_interpreter_sessions": Workload(requests=160, models=(), averages={}),
    # One "request" is a file that is stored for good: some 60 GB by the end of 2026.
    "vector_stores": Workload(
        requests=24 * 14, models=(), averages={"usage_bytes": 110_000}, rhythm="constant"
    ),
}

_TAIL = (
    ModelUse("gpt-4.1-nano-2025-04-14", 34, _text(700, 150, 120)),
    ModelUse("o3-2025-04-16", 12, _text(2600, 700, 1900)),
    ModelUse("o3-mini-2025-01-31", 17, _text(1800, 400, 1400)),
    ModelUse("gpt-4-turbo-2024-04-09", 6, _text(1500, 0, 380)),
    ModelUse("gpt-3.5-turbo-0125", 28, _text(900, 0, 240)),
    ModelUse("o1-2024-12-17", 1, _text(2100, 300, 2900)),
    ModelUse("ft:gpt-4o-mini-2024-07-18:emulated::9xTriage", 21, _text(1100, 250, 90)),
)
"""Models that few use: what has not been moved to a newer one yet, and experiments."""


def workload_of(operation: str) -> Workload:
    """How an endpoint is used."""
    return WORKLOADS.get(operation, OTHER_WORKLOAD)


def with_tail(workload: Workload) -> Workload:
    """The same workload, a hundredth or so of it by models that few use."""
    usual = (attrs.evolve(use, share=100 * use.share) for use in workload.models)
    return attrs.evolve(workload, models=(*usual, *_TAIL))


POOLS: Mapping[str, tuple[str | bool, ...]] = {
    "batch": (False,) * 7 + (True,),
    "service_tier": ("default", "default", "default", "flex", "priority"),
    "vector_store_id": (
        "vs_help_center",
        "vs_product_manuals",
        "vs_release_notes",
        "vs_contracts",
        "vs_interviews",
    ),
}
"""Values of dimensions whose values the registry does not list; repeats make a value common."""

UNDOCUMENTED: Mapping[str, tuple[str, ...]] = {"size": ("1024x1536",)}
"""Values that occur beside those which the registry lists, and by which can be filtered all the same."""

OWNERS = ("project_id", "user_id", "api_key_id")
"""Dimensions that come with the API key."""
