"""Plans: which requests get which faults, how plans change, and what is refused when it is made."""

from threading import Thread
from typing import Any

import pytest

from openai_org_usage.emulator import DealtFault, Emulator, FaultPlan, FaultPlanError, faults
from openai_org_usage.emulator.faults import AmountText, Drop, EmptyBody, Field, HtmlPage, Missing, Status

from .asking import DAY, Api


def statuses(faulty: Api, now: int, requests: int, operation: str = "costs") -> list[int]:
    """The statuses of several requests, one after the other."""
    start = now - DAY
    return [faulty.response(operation, start_time=start).status_code for _ in range(requests)]


def test_faults_by_number(faulty: Api, now: int) -> None:
    """The numbered requests have them, the others do not; what was dealt can be asserted."""
    faulty.emulator.faults = FaultPlan({2: Status(429), 4: Status(503)})

    assert statuses(faulty, now, 5) == [200, 429, 200, 503, 200]
    assert faulty.emulator.dealt == [
        DealtFault(2, "costs", Status(429)),
        DealtFault(4, "costs", Status(503)),
    ]


def test_faults_in_turn_and_for_every_request(faulty: Api, now: int) -> None:
    """A list is for the first requests, a single fault for all."""
    faulty.emulator.faults = FaultPlan([Status(500), None, Status(502)])
    in_turn = statuses(faulty, now, 4)
    faulty.emulator.faults = FaultPlan(Status(503))

    assert in_turn == [500, 200, 502, 200]
    assert statuses(faulty, now, 3) == [503, 503, 503]


def test_a_seed_decides_which_requests_are_unlucky(faulty: Api, now: int) -> None:
    """The same seed deals the same faults, another seed others, and the share is about right."""
    plans = [FaultPlan(probability={Status(429): 0.25, Status(503): 0.25}, seed=seed) for seed in (7, 7, 8)]
    seen: list[list[int]] = []
    for plan in plans:
        faulty.emulator.faults = plan
        seen.append(statuses(faulty, now, 40))

    assert seen[0] == seen[1] != seen[2]
    assert {200, 429, 503} == set(seen[0])
    many = [plans[0].fault_for(number) for number in range(1, 4001)]
    assert 900 < many.count(Status(429)) < 1100
    assert 1900 < many.count(None) < 2100


def test_a_plan_for_one_operation_counts_only_that(faulty: Api, now: int) -> None:
    """Requests for other operations are neither spoilt nor counted."""
    faulty.emulator.faults = FaultPlan({2: Status(503)}, operations="costs")

    assert statuses(faulty, now, 3, "images") == [200, 200, 200]
    assert statuses(faulty, now, 2) == [200, 503]


def test_a_new_plan_counts_anew_and_a_reset_forgets(faulty: Api, now: int) -> None:
    """The record goes on with a new plan; after a reset, all is as in a new emulator."""
    emulator = faulty.emulator
    emulator.faults = FaultPlan({1: Status(500)})
    statuses(faulty, now, 2)
    emulator.faults = FaultPlan({1: Status(501)})
    statuses(faulty, now, 2)
    assert [dealt.fault for dealt in emulator.dealt] == [Status(500), Status(501)]

    emulator.reset()

    assert (emulator.faults, emulator.dealt, emulator.requests) == (FaultPlan(), [], [])
    assert statuses(faulty, now, 2) == [200, 200]


def test_many_threads_share_a_plan(faulty: Api, now: int) -> None:
    """Every number is dealt exactly once, whoever asks."""
    faulty.emulator.faults = FaultPlan(Status(503))
    threads = [Thread(target=statuses, args=(faulty, now, 5)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(dealt.number for dealt in faulty.emulator.dealt) == list(range(1, 41))


def test_unknown_paths_and_methods_are_not_counted(faulty: Api, now: int) -> None:
    """Only requests for operations are; wrong keys are, as whatever fails does not look at keys."""
    faulty.emulator.faults = FaultPlan({2: Status(503)})
    faulty.http.get("nowhere")
    faulty.http.post("organization/costs")
    faulty.http.get("organization/costs", headers={"authorization": "Bearer wrong"})

    assert statuses(faulty, now, 1) == [503]


def test_plans_and_faults_are_values() -> None:
    """Equal if they say the same, hashable, immutable, and shown as they are written."""
    plan = FaultPlan({3: Drop("mid-headers", reset=True)}, probability={Status(429): 0.5}, seed=7)

    assert eval(repr(plan)) == plan
    assert hash(eval(repr(plan))) == hash(plan)
    assert repr(Status(429, retry_after="2")) == "Status(429, retry_after='2')"
    assert FaultPlan([None, Drop()]) == FaultPlan({2: Drop()})
    untyped: Any = plan
    with pytest.raises(AttributeError):
        untyped.seed = 8
    with pytest.raises(TypeError, match="does not support item assignment"):
        untyped.faults[4] = Drop()


BAD = [
    ("FaultPlan({0: Drop()})", "numbered 1, 2, 3, and so on; 0"),
    ("FaultPlan({True: Drop()})", "True is no such number"),
    ('FaultPlan({"1": Drop()})', "'1' is no such number"),
    ("FaultPlan({1: 429})", r"such as Status\(429\) or Drop\(\), not 429"),
    ("FaultPlan({1: None})", "not None"),
    ("FaultPlan([Drop])", r"write Drop\(...\)"),
    ("FaultPlan(429)", "not 429"),
    ('FaultPlan("Drop()")', r"not 'Drop\(\)'"),
    ("FaultPlan(probability={Drop(): 0})", "above 0 and at most 1, not 0"),
    ("FaultPlan(probability={Drop(): 1.5})", "above 0 and at most 1, not 1.5"),
    ('FaultPlan(probability={Drop(): float("nan")})', "not nan"),
    ("FaultPlan(probability={Drop(): True})", "not True"),
    ("FaultPlan(probability={Drop(): 0.6, Stall(): 0.6})", "add up to 1.2, and may reach 1"),
    ("FaultPlan(probability=0.1)", "probability is of type Mapping, not 0.1"),
    ("FaultPlan(Drop(), probability={Stall(): 0.1})", "leave out probability"),
    ('FaultPlan(seed="x")', "seed is a whole number of 0 or more, not 'x'"),
    ("FaultPlan(operations=[])", "leave it out to plan for all"),
    ("FaultPlan(operations=[1])", "each of operations is of type str, not 1"),
    ("Status(200)", "status is a whole number from 300 to 599, not 200"),
    ('Status("429")', "not '429'"),
    ('Status(429, retry_after=float("inf"))', "retry_after is finite, not inf"),
    ('Status(429, retry_after="2\\r\\nx: y")', "printable ASCII"),
    ("MissingScope(402)", "status is 401 or 403, not 402"),
    ("LookbackExceeded(-1)", "days is a whole number of 0 or more"),
    ('LookbackExceeded(naming="both of them")', "naming is one of 'both', 'date'"),
    ("LimitRefused(True)", "maximum is a whole number"),
    ("Redirect(status=200)", "from 300 to 399"),
    ('Redirect("https://a b.test/\\n")', "location is printable"),
    ('Drop("middle")', "where is one of 'before-headers', 'mid-headers', 'mid-body', 'before-end'"),
    ('Drop(framing="brotli")', "framing is one of 'length', 'chunked'"),
    ('Stall("somewhere")', "where is one of"),
    ('Dribble("trailers")', "part is one of 'headers', 'body'"),
    ("Dribble(pause=-1)", "pause is a number of seconds from 0, not -1"),
    ("Dribble(size=0)", "size is a whole number of 1 or more"),
    ('Delay(float("inf"))', "seconds is a number of seconds from 0, not inf"),
    ('Body("text")', "content is of type bytes, not 'text'"),
    ("NestingBomb(0)", "depth is a whole number of 1 or more"),
    ("GzipBomb(10)", "size is a whole number of 1000000 or more"),
    ("CursorCycle(0)", "length is"),
    ("EmptyPages(0)", "count is"),
    ('Field("quantity", float("nan"))', "JSON has no number nan"),
    ('AmountText(" ")', "not empty"),
    ('WrongBuckets("sideways")', "how is one of 'overlapping'"),
]


@pytest.mark.parametrize(("code", "advice"), BAD)
def test_what_makes_no_sense_is_refused_when_it_is_made(code: str, advice: str) -> None:
    """The message says what to write; as text here, since type checkers refuse most of it, too."""
    with pytest.raises(FaultPlanError, match=advice):
        eval(code, dict(vars(faults)))


@pytest.mark.parametrize(
    ("plan", "advice"),
    [
        (FaultPlan(HtmlPage(), operations="cost"), "no operation 'cost'; did you mean 'costs'"),
        (FaultPlan(AmountText("NaN"), operations=["images"]), "it can happen to costs"),
        (FaultPlan({1: Missing("colour")}), "no operation has what it spoils"),
        (FaultPlan(Field("batch", "x"), operations="costs"), "it can happen to completions"),
    ],
)
def test_a_plan_that_nothing_can_come_of_is_refused_when_it_is_planted(plan: FaultPlan, advice: str) -> None:
    """By a new emulator and by a running one, which keeps the plan it has."""
    with pytest.raises(FaultPlanError, match=advice):
        Emulator(faults=plan)
    emulator = Emulator(faults=FaultPlan(EmptyBody()))
    with pytest.raises(FaultPlanError, match=advice):
        emulator.faults = plan
    assert emulator.faults == FaultPlan(EmptyBody())


def test_every_fault_is_listed_and_described() -> None:
    """In `__all__`, in the module's overview, and with a docstring of its own."""
    for name in faults.__all__:
        assert getattr(faults, name).__doc__
        assert name in (faults.__doc__ or "") or name in ("Fault", "FaultPlanError")
