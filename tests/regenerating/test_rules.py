"""Each kind of change: how it is found, classed and said in Python."""

from __future__ import annotations

import copy
import json

import pytest

from codegen.diff.rules import RULES

from .pins import Edit, Json, changes_by, fields, items, operation, parameter, schema

IMAGES = "/organization/usage/images"
SPEECHES = "UsageAudioSpeechesResult"


def limits(document: Json) -> Json:
    found: Json = parameter(document, "images", "limit")["schema"]["x-limits"]
    return found


def with_parameter(*, required: bool) -> Edit:
    new: Json = {"name": "tags", "in": "query", "required": required, "schema": {"type": "string"}}
    return lambda d: operation(d, "images")["parameters"].append(new)


def without_parameter(document: Json) -> None:
    operation(document, "images")["parameters"].remove(parameter(document, "images", "sizes"))


def with_videos(document: Json) -> None:
    document["paths"]["/organization/usage/videos"] = copy.deepcopy(document["paths"][IMAGES])


def renamed_models(document: Json) -> None:
    document.update(json.loads(json.dumps(document).replace("UsageImages", "UsagePictures")))


def required(name: str, *, add: str = "", drop: str = "") -> Edit:
    def edit(document: Json) -> None:
        names: list[str] = schema(document, name)["required"]
        schema(document, name)["required"] = [n for n in names if n != drop] + [add] * bool(add)

    return edit


CASES: dict[str, tuple[Edit, str]] = {
    "endpoint-added": (
        with_videos,
        "`UsageClient.videos()` is new, once endpoints.py has its line; its rows are `UsageImagesRow`",
    ),
    "endpoint-removed": (
        lambda d: d["paths"].pop(IMAGES),
        "`UsageClient.images()` and `UsageImagesRow` are gone; its line in endpoints.py goes, too",
    ),
    "method-renamed": (
        lambda d: operation(d, "users").update({"x-name": "members"}),
        "`UsageClient.users()` becomes `UsageClient.members()`",
    ),
    "operation-renamed": (
        lambda d: operation(d, "images").update(operationId="usage-pictures"),
        "`usage_images.request` becomes `usage_pictures.request`; its line in endpoints.py follows",
    ),
    "server-changed": (
        lambda d: d["servers"][0].update(url="https://eu.openai.com/v1"),
        "`UsageClient()` without `base_url` sends to https://eu.openai.com/v1",
    ),
    "parameter-added": (
        with_parameter(required=False),
        "`UsageClient.images()` gains the keyword `tags: str`",
    ),
    "required-parameter-added": (
        with_parameter(required=True),
        "`UsageClient.images()` demands the keyword `tags: str`",
    ),
    "parameter-removed": (without_parameter, "`UsageClient.images()` loses the keyword `sizes`"),
    "parameter-now-required": (
        lambda d: parameter(d, "images", "end_time").update(required=True),
        "`UsageClient.images()` demands the keyword `end_time`",
    ),
    "parameter-now-optional": (
        lambda d: parameter(d, "images", "start_time").update(required=False),
        "`UsageClient.images()` can do without the keyword `start_time`",
    ),
    "parameter-type": (
        lambda d: items(d, "images", "user_ids").update(type="integer"),
        "`UsageClient.images(user_ids=…)` takes `Sequence[int]` instead of `Sequence[str]`",
    ),
    "parameter-format": (
        lambda d: parameter(d, "images", "limit")["schema"].update(format="int32"),
        "`UsageClient.images(limit=…)` takes `int`, as before",
    ),
    "value-added": (
        lambda d: items(d, "costs", "group_by")["enum"].append("model"),
        "`UsageClient.costs(group_by=…)` accepts `'model'`",
    ),
    "value-removed": (
        lambda d: items(d, "images", "sizes")["enum"].remove("256x256"),
        "`UsageClient.images(sizes=…)` refuses `'256x256'`",
    ),
    "values-restricted": (
        lambda d: items(d, "images", "models").update(enum=["a", "b"]),
        "`UsageClient.images(models=…)` takes `Sequence[Literal['a', 'b']]` instead of `Sequence[str]`",
    ),
    "values-opened": (
        lambda d: items(d, "web_search_calls", "context_levels").pop("enum"),
        "`UsageClient.web_search_calls(context_levels=…)` takes `Sequence[str]` "
        "instead of `Sequence[Literal['high', 'low', 'medium']]`",
    ),
    "default-changed": (
        lambda d: parameter(d, "images", "bucket_width")["schema"].update(default="1h"),
        "`UsageClient.images()` without `bucket_width` means `'1h'`",
    ),
    "default-stated": (
        lambda d: parameter(d, "images", "limit")["schema"].update(default=7),
        "nothing but documentation",
    ),
    "default-withdrawn": (
        lambda d: parameter(d, "images", "bucket_width")["schema"].pop("default"),
        "nothing but documentation",
    ),
    "bound-narrowed": (
        lambda d: limits(d)["1h"].update(maximum=100),
        "`UsageClient.images(limit=…)` is refused for more values",
    ),
    "bound-widened": (
        lambda d: limits(d)["1h"].update(maximum=1000),
        "`UsageClient.images(limit=…)` is accepted for more values",
    ),
    "page-size-stated": (
        lambda d: limits(d).update({"1w": {"default": 4, "maximum": 52}}),
        "`UsageClient.images()` asks for pages of 52 buckets by itself",
    ),
    "page-size-withdrawn": (
        lambda d: limits(d).pop("1h"),
        "`UsageClient.images()` leaves the size of pages to the API",
    ),
    "deprecated": (
        lambda d: parameter(d, "images", "sizes").update(deprecated=True),
        "nothing but documentation",
    ),
    "field-added": (
        lambda d: fields(d, SPEECHES).update(voices={"type": "integer"}),
        "`UsageAudioSpeechesResult.voices: int | None` is new",
    ),
    "field-removed": (
        lambda d: fields(d, SPEECHES).pop("model"),
        "`UsageAudioSpeechesResult.model` is gone",
    ),
    "field-now-optional": (
        required(SPEECHES, drop="characters"),
        "`UsageAudioSpeechesResult.characters: int` becomes `int | None`",
    ),
    "nullable-field-now-optional": (
        required("UsageImagesPage", drop="next_page"),
        "nothing: `UsageImagesPage.next_page` stays `str | None`",
    ),
    "field-now-nullable": (
        lambda d: fields(d, SPEECHES)["characters"].update(type=["integer", "null"]),
        "`UsageAudioSpeechesResult.characters: int` becomes `int | None`",
    ),
    "optional-field-now-nullable": (
        lambda d: fields(d, "UsageCompletionsResult")["input_text_tokens"].update(type=["integer", "null"]),
        "nothing: `UsageCompletionsResult.input_text_tokens` stays `int | None`",
    ),
    "field-now-required": (
        required("UsageCompletionsResult", add="input_text_tokens"),
        "`UsageCompletionsResult.input_text_tokens: int | None` becomes `int`",
    ),
    "field-no-longer-nullable": (
        lambda d: fields(d, SPEECHES)["model"].update(type="string"),
        "nothing: `UsageAudioSpeechesResult.model` stays `str | None`",
    ),
    "field-type": (
        lambda d: fields(d, SPEECHES)["characters"].update(type="number", format="decimal"),
        "`UsageAudioSpeechesResult.characters: int` becomes `Decimal`",
    ),
    "field-format": (
        lambda d: fields(d, SPEECHES)["characters"].update(format="int64"),
        "nothing: `UsageAudioSpeechesResult.characters` stays `int`",
    ),
    "tag-changed": (
        lambda d: fields(d, SPEECHES)["object"].update(const="speech"),
        "`UsageAudioSpeechesResult.object: Literal['organization.usage.audio_speeches.result']` "
        "becomes `Literal['speech']`",
    ),
    "known-value-added": (
        lambda d: fields(d, "CostsResult")["quantity_unit"]["x-known-values"].append("pixels"),
        "nothing: `CostsResult.quantity_unit` stays `str | None`",
    ),
    "known-value-removed": (
        lambda d: fields(d, "CostsResult")["quantity_unit"]["x-known-values"].remove("images"),
        "nothing: `CostsResult.quantity_unit` stays `str | None`",
    ),
    "wire-name-changed": (
        lambda d: fields(d, "UsageImagesBucket")["results"].update({"x-upstream-name": "rows"}),
        "nothing: `UsageImagesBucket.results` is read under either name",
    ),
    "undefined-requirement": (
        lambda d: schema(d, SPEECHES).update({"x-undefined-required": ["sessions"]}),
        "nothing",
    ),
    "field-deprecated": (
        lambda d: fields(d, SPEECHES)["model"].update(deprecated=True),
        "nothing but documentation",
    ),
    "model-added": (
        lambda d: d["components"]["schemas"].update(Hint={"properties": {"text": {"type": "string"}}}),
        "`Hint` is new",
    ),
    "model-removed": (lambda d: d["components"]["schemas"].pop("Error"), "`Error` is gone"),
    "model-renamed": (renamed_models, "the class `UsageImagesPage` becomes `UsagePicturesPage`"),
    "status-added": (
        lambda d: operation(d, "images")["responses"].update({"402": {"description": "Pay."}}),
        "nothing: `UsageClient.images()` raises the error of the status in any case",
    ),
    "status-removed": (
        lambda d: operation(d, "images")["responses"].pop("429"),
        "nothing: `UsageClient.images()` raises the error of the status in any case",
    ),
    "status-changed": (
        lambda d: d["components"]["responses"]["TooManyRequests"].pop("headers"),
        "nothing: `UsageClient.costs()` raises the error of the status in any case",
    ),
    "other-in-request": (
        lambda d: parameter(d, "images", "page")["schema"].update(pattern="^page_"),
        "unknown: compare the generated code",
    ),
    "other-in-response": (
        lambda d: fields(d, SPEECHES)["characters"].update(multipleOf=10),
        "unknown: compare the generated code",
    ),
}


def test_every_rule_has_a_case() -> None:
    """A new rule comes with an example of what it is for."""
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("kind", CASES)
def test_a_change_is_found_and_said_in_python(kind: str) -> None:
    """One edit of the pin is one change, of its own kind, whatever else it entails."""
    edit, python = CASES[kind]

    found = changes_by(edit)

    first = [change for change in found if change.kind == kind]
    assert first, [change.kind for change in found]
    assert first[0].python == python
    assert len({change.kind for change in found}) == 1


def test_a_field_that_becomes_optional_and_nullable_breaks_once() -> None:
    """None comes with the one, and the other adds nothing to it."""
    found = changes_by(
        required(SPEECHES, drop="characters"),
        lambda d: fields(d, SPEECHES)["characters"].update(type=["integer", "null"]),
    )

    assert [(c.kind, c.effect) for c in found] == [
        ("field-now-optional", "breaking"),
        ("optional-field-now-nullable", "neutral"),
    ]


def test_the_heaviest_comes_first() -> None:
    """A reader who stops early has seen what breaks."""
    found = changes_by(
        lambda d: fields(d, SPEECHES).update(voices={"type": "integer"}),
        lambda d: fields(d, "UsageImagesResult").pop("model"),
        lambda d: operation(d, "images").update(deprecated=True),
    )

    assert [change.effect for change in found] == ["breaking", "additive", "neutral"]
