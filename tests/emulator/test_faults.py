"""What each fault does to an answer, seen by a plain HTTP client."""

import json
import re
import zlib
from decimal import Decimal
from typing import Any

import httpx
import pytest

from openai_org_usage.emulator import FaultPlan
from openai_org_usage.emulator.faults import (
    Altered,
    AmountForm,
    AmountText,
    BlankProject,
    Body,
    Credit,
    Delay,
    EmptyBody,
    ErrorBody,
    Fault,
    Field,
    GzipBomb,
    HasMore,
    HtmlPage,
    LongInteger,
    Missing,
    NestingBomb,
    NextPage,
    ProjectsByLineItem,
    Renamed,
    TruncatedGzip,
    TruncatedJson,
    UnknownFields,
    UnknownObject,
    WrongUtf8,
)
from openai_org_usage.emulator.faults.bodies import bomb

from .asking import DAY, Api, Json, Parameters, Value, ask


def spoilt(faulty: Api, now: int, fault: Fault, operation: str = "costs", **more: Value) -> tuple[Json, Json]:
    """The true page of three days, and the page with the fault; the fault was dealt."""
    asked: Parameters = {"start_time": now - 2 * DAY, **more}
    true = faulty.page(operation, **asked)
    altered = ask(faulty, now, fault, operation, **more).json(parse_float=Decimal)
    assert [dealt.fault for dealt in faulty.emulator.dealt] == [fault]
    return true, altered


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (HtmlPage(), "Expecting value"),
        (EmptyBody(), "Expecting value"),
        (TruncatedJson(), "Unterminated|Expecting"),
        (WrongUtf8(), "invalid start byte"),
        (Body(b"\xef\xbb\xbfnull"), "BOM"),
    ],
)
def test_a_body_that_is_no_page_is_no_json(faulty: Api, now: int, fault: Fault, reason: str) -> None:
    """HTTP is satisfied with status 200; the body is not what was asked for."""
    answer = ask(faulty, now, fault)

    assert answer.status_code == 200
    with pytest.raises(ValueError, match=reason):
        json.loads(answer.content.decode())


def test_a_nesting_bomb_is_well_formed(faulty: Api, now: int) -> None:
    """Brackets are balanced, so that only the depth is wrong."""
    body = ask(faulty, now, NestingBomb(20)).json()
    deep = ask(faulty, now, NestingBomb()).content

    assert str(body["data"]) == "[" * 20 + "]" * 20
    assert deep.count(b"[") == deep.count(b"]") == 100_000


def test_a_truncated_gzip_is_complete_for_http(faulty: Api, now: int) -> None:
    """All announced bytes come, and they are the beginning of a gzip stream that lacks its end."""
    faulty.emulator.faults = FaultPlan(TruncatedGzip())
    path = faulty.operations["costs"].path.lstrip("/")
    with faulty.http.stream("GET", path, params={"start_time": now - DAY}) as answer:
        body = b"".join(answer.iter_raw())

    inflating = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(body)
    assert inflating.decompress(body).startswith(b'{"object":"page"')
    assert not inflating.eof


def test_a_gzip_bomb_inflates_a_thousandfold(faulty: Api, now: int) -> None:
    """A small bomb is a sound page; the standard one has 500 MB in about 500 KB."""
    page = ask(faulty, now, GzipBomb(2_000_000))
    standard = bomb(500_000_000)

    assert len(page.content) > 2_000_000 > 500 * int(page.headers["content-length"])
    assert page.json() == {"object": "page", "data": [], "has_more": False, "next_page": None}
    assert 480_000 < len(standard) < 520_000
    assert int.from_bytes(standard[-4:], "little") - 500_000_000 < 100


@pytest.mark.parametrize("value", [None, "", 7, "page_made_up", False])
def test_has_more_with_a_cursor_that_is_none(faulty: Api, now: int, value: Any) -> None:
    """`has_more` is true and the cursor is what was planted; the data is true."""
    true, altered = spoilt(faulty, now, NextPage(value))

    assert altered == true | {"has_more": True, "next_page": value}


@pytest.mark.parametrize("value", [None, 1, "true"])
def test_has_more_of_another_type(faulty: Api, now: int, value: Any) -> None:
    """Only `has_more` is changed."""
    true, altered = spoilt(faulty, now, HasMore(value))

    assert altered == true | {"has_more": value}


def test_members_can_be_missing_or_renamed_at_any_level(faulty: Api, now: int) -> None:
    """A member of the page, of its buckets, or of results."""
    true, without_data = spoilt(faulty, now, Missing("data"))
    without_results = ask(faulty, now, Missing("results")).json()
    without_amounts = ask(faulty, now, Missing("amount")).json()
    old = ask(faulty, now, Renamed("results", "result")).json()

    assert without_data == {name: true[name] for name in true if name != "data"}
    assert all("results" not in bucket for bucket in without_results["data"])
    assert all("amount" not in row for bucket in without_amounts["data"] for row in bucket["results"])
    assert [b["result"] for b in old["data"]] == [b["results"] for b in true["data"]]


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        ("completions", Field("batch", "true")),
        ("completions", Field("input_tokens", None)),
        ("costs", Field("quantity", 0.25)),
        ("audio_transcriptions", Field("seconds", Decimal("1.5"))),
    ],
)
def test_a_field_gets_any_value(faulty: Api, now: int, operation: str, fault: Field) -> None:
    """In every result, and no other field changes."""
    true, altered = spoilt(faulty, now, fault, operation)

    for before, after in zip(true["data"], altered["data"], strict=True):
        assert after["results"] == [row | {fault.name: fault.value} for row in before["results"]]


def test_unknown_fields_and_tags_are_added(faulty: Api, now: int) -> None:
    """Fields that nobody has seen yet; without them, the page is the true one."""
    true, grown = spoilt(faulty, now, UnknownFields(), group_by="line_item")
    tagged = ask(faulty, now, UnknownObject("dream")).json()

    for bucket in grown["data"]:
        assert bucket.pop("revision")
        for row in bucket["results"]:
            assert row.pop("usage_detail")
            assert row.pop("billing_note")
    assert grown == true
    assert {row["object"] for bucket in tagged["data"] for row in bucket["results"]} == {"dream"}


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", '"NaN"', "1e999", "null"])
def test_an_amount_is_any_text(faulty: Api, now: int, text: str) -> None:
    """The text stands in the body as it was written, whether or not that is JSON."""
    body = ask(faulty, now, AmountText(text)).text

    assert body.count(f'"value":{text},') == body.count('"amount":') > 0


@pytest.mark.parametrize("kind", ["string", "number"])
@pytest.mark.parametrize("style", ["plain", "padded", "long", "exponent", "scientific"])
def test_amounts_in_other_forms_keep_their_values(faulty: Api, now: int, kind: Any, style: Any) -> None:
    """Every form of a number, to the last digit."""
    true, altered = spoilt(faulty, now, AmountForm(kind, style=style), group_by="line_item")
    body = faulty.response("costs", start_time=now - 2 * DAY, group_by="line_item").text
    values = [r["amount"]["value"] for b in altered["data"] for r in b["results"]]

    before = [Decimal(r["amount"]["value"]) for b in true["data"] for r in b["results"]]
    assert list(map(Decimal, values)) == before
    assert all(isinstance(value, str) == (kind == "string") for value in values)
    forms = {
        "plain": r"\d+(\.\d+)?",
        "padded": r"\d+\.\d{30}",
        "long": r"\d+\.\d{39}",
        "exponent": r"\d(\.\d+)?E[+-]\d+",
        "scientific": r"\d(\.\d+)?e[+-]\d\d+",
    }
    written = re.findall(r'"value":"?([^,"]+)"?,', body)
    assert len(written) == len(values)
    assert all(re.fullmatch(forms[style], text) for text in written)


@pytest.mark.parametrize("amount", ["-0.01", "-1E-7", "-1234.5"])
def test_credits_are_negative_amounts(faulty: Api, now: int, amount: str) -> None:
    """One in each bucket; the other amounts stay."""
    true, altered = spoilt(faulty, now, Credit(amount), group_by="project_id")

    for before, after in zip(true["data"], altered["data"], strict=True):
        *same, last = before["results"]
        assert after["results"] == [*same, last | {"amount": last["amount"] | {"value": amount}}]


def test_no_project_is_an_empty_text(faulty: Api, now: int) -> None:
    """Where results have no project; those that have one keep it."""
    true, blank = spoilt(faulty, now, BlankProject(), "images", group_by="size")
    grouped = ask(faulty, now, BlankProject(), "images", group_by="project_id").json()

    for before, after in zip(true["data"], blank["data"], strict=True):
        assert after["results"] == [row | {"project_id": ""} for row in before["results"]]
    assert all(row["project_id"] for bucket in grouped["data"] for row in bucket["results"])


def test_line_items_alone_have_a_project_too(faulty: Api, now: int) -> None:
    """The walk is that of the question; its results are those that are grouped by both."""
    asked: Parameters = {"start_time": now - 9 * DAY, "limit": 3}
    both = faulty.buckets("costs", **asked, group_by=["line_item", "project_id"])
    faulty.emulator.faults = FaultPlan(ProjectsByLineItem())

    assert faulty.buckets("costs", **asked, group_by="line_item") == both
    assert len(faulty.emulator.dealt) == 4
    assert faulty.buckets("costs", **asked, group_by="project_id") != both


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (ErrorBody("try again"), 500, {"error": "try again"}),
        (ErrorBody("no team", member="detail", status=200), 200, {"detail": "no team"}),
        (ErrorBody("busy", nested=True, status=200), 200, {"error": {"message": "busy"}}),
    ],
)
def test_errors_come_in_other_bodies(faulty: Api, now: int, fault: Fault, status: int, body: object) -> None:
    """Also with a status that says that all is well."""
    answer = ask(faulty, now, fault)

    assert (answer.status_code, answer.json()) == (status, body)


def test_a_long_integer_has_its_digits(faulty: Api, now: int) -> None:
    """Every metric of every result is that long."""
    body = ask(faulty, now, LongInteger(5_000), "moderations").text

    assert set(map(len, re.findall(r'"input_tokens":(9+)', body))) == {5_000}


def test_any_other_fault_is_a_function(faulty: Api, now: int) -> None:
    """What the function returns is answered; None leaves the page alone."""
    true, altered = spoilt(faulty, now, Altered(lambda page: page | {"object": "list"}))
    untouched = ask(faulty, now, Altered(lambda page: None)).json()

    assert altered == true | {"object": "list"}
    assert untouched == true
    assert len(faulty.emulator.dealt) == 1


def test_a_delay_delays_one_answer(faulty: Api, now: int) -> None:
    """The delayed one is waited for in vain; the others come."""
    faulty.emulator.faults = FaultPlan([Delay(3600), Delay(0)])
    with pytest.raises(httpx.ReadTimeout):
        faulty.http.get("organization/costs", timeout=0.1)

    assert faulty.response("costs", start_time=now - DAY).status_code == 200
    assert faulty.response("costs", start_time=now - DAY).status_code == 200
    assert [dealt.number for dealt in faulty.emulator.dealt] == [1, 2]


def test_a_refused_request_has_no_page_to_spoil(faulty: Api, now: int) -> None:
    """Faults of pages let the refusal through, and do not count as dealt."""
    answer = ask(faulty, now, NextPage(None), colour="red")

    assert answer.json()["error"]["param"] == "colour"
    assert faulty.emulator.dealt == []
