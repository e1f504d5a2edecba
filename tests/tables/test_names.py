"""Names stand beside their ids in every table and file, and change nothing else."""

from __future__ import annotations

import asyncio
import io
import warnings
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from openai_org_usage import OPERATIONS, AsyncUsageClient, NamedProject, Names, Operation
from openai_org_usage.errors import InvalidParameterError
from openai_org_usage.tables.columns import columns_of, with_floats, with_names
from openai_org_usage.tables.stream import Shape, batches
from openai_org_usage.tables.writing import write_buckets

from ..contract.profiles import amount
from ..scripted import START, bucket, page, result, scripted
from .bodies import Bodies
from .names_by_hand import BESIDE, NAMES, columns_with_names
from .names_by_hand import with_names as named
from .reading import FORMATS, SETTINGS, Records, of_file, of_table, pa, serving
from .reading import Bodies as Answers
from .test_split_buckets import bodies as as_bodies

CASES = amount(2, 5)
"""Of each operation."""


def queries(random: Random, *, oddity: float = 0.05) -> list[tuple[Operation, list[bytes]]]:
    """Every operation, with random pages."""
    return [
        (operation, Bodies(operation, random, oddity=oddity).pages(2))
        for operation in OPERATIONS.values()
        for _ in range(CASES)
    ]


def sums(records: Records) -> dict[str, Fraction]:
    """Of every number in `records`, exactly."""
    totals: dict[str, Fraction] = {}
    for record in records:
        for name, value in record.items():
            if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
                totals[name] = totals.get(name, Fraction(0)) + Fraction(value)
    return totals


@pytest.mark.parametrize("oddity", [0.0, 0.1])
def test_rows_and_sums_are_as_without_names(oddity: float, tmp_path: Path) -> None:
    """On every path and in every format: no row more or less, no digit other, each name beside its id."""
    rows = 0
    for operation, bodies in queries(Random(f"names {oddity}"), oddity=oddity):
        with serving(bodies) as client, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            query = getattr(client, operation.name)(start_time=0)
            plain: Records = query.to_records()
            expected = list(map(named, plain))
            read = {
                "records": query.to_records(names=NAMES),
                "arrow": of_table(query.to_arrow(names=NAMES)),
                "stream": of_table(query.to_reader(names=NAMES).read_all()),
                "models": from_text(of_table(query.to_arrow(names=NAMES, decimals="string"))),
            }
            buckets = list(query)
            for format in FORMATS:
                paths = [tmp_path / f"{name}.{format}" for name in ("query", "buckets")]
                query.write(paths[0], names=NAMES)
                write_buckets(buckets, paths[1], operation=operation, names=NAMES)
                read |= {path.name: of_file(path, operation, NAMES) for path in paths}
        for way, records in read.items():
            found = [empty_as_null(record) for record in expected] if ".csv" in way else expected
            assert records == found, (operation.name, way)
            assert len(records) == len(plain)
            assert sums(records) == sums(plain)
        rows += len(plain)
    assert rows > CASES


EXACT = {"amount_value", "quantity", "seconds"}


def from_text(records: Records) -> Records:
    """`records` with exact numbers made of text."""
    return [{**r, **{n: v and Decimal(v) for n, v in r.items() if n in EXACT}} for r in records]


def empty_as_null(record: dict[str, Any]) -> dict[str, Any]:
    """As CSV has it."""
    return {name: None if value == "" else value for name, value in record.items()}


def test_frames_and_the_asynchronous_query_have_them() -> None:
    """The same columns and values, in polars and pandas."""
    pytest.importorskip("polars")
    pytest.importorskip("pandas")
    operation, bodies = OPERATIONS["costs"], Bodies(OPERATIONS["costs"], Random("frames")).pages(3)

    async def read() -> list[Any]:
        async with AsyncUsageClient(**SETTINGS, transport=Answers(bodies), concurrency=1) as client:
            query = client.costs(start_time=0)
            return [
                await query.to_records(names=NAMES),
                await query.to_arrow(names=NAMES),
                await query.to_polars(names=NAMES),
                await query.to_pandas(names=NAMES),
            ]

    records, table, polars, pandas = asyncio.run(read())
    with serving(bodies) as client:
        query = client.costs(start_time=0)
        assert records == list(map(named, query.to_records()))
        assert of_table(table) == records
        assert polars.equals(query.to_polars(names=NAMES))
        assert pandas.equals(query.to_pandas(names=NAMES))
    for frame in (polars, pandas):
        names = [record["project_name"] for record in records]
        assert list(frame.columns) == columns_with_names([column.name for column in columns_of(operation)])
        assert [name if isinstance(name, str) else None for name in frame["project_name"]] == names
        known = [record["amount_value"] for record in records if record["amount_value"] is not None]
        amounts = [value for value in frame["amount_value"] if isinstance(value, Decimal)]
        assert sum(map(Fraction, amounts)) == sum(map(Fraction, known))


@pytest.mark.parametrize("name", OPERATIONS)
def test_names_stand_directly_after_their_ids(name: str) -> None:
    """Of each operation, also where there are no rows; all other columns keep their order and types."""
    plain = [column.name for column in columns_of(OPERATIONS[name])]
    with serving(as_bodies(page())) as client:
        query = getattr(client, name)(start_time=0)
        table, without = query.to_arrow(names=NAMES), query.to_arrow()
        assert query.to_records(names=NAMES) == []
    assert table.column_names == columns_with_names(plain)
    assert table.num_rows == 0
    for field in table.schema:
        expected = without.schema.field(field.name).type if field.name in plain else TEXT
        assert field.type == expected
    assert {id for id in BESIDE if id in plain} == {id for id in table.column_names if id in BESIDE}
    columns = with_floats(with_names(columns_of(OPERATIONS[name]), NAMES))
    assert len({column.name for column in columns}) == len(columns)


TEXT = pa.dictionary(pa.int32(), pa.string())


class Counting:
    """`NAMES`, with how often each id was looked up."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str | None]] = Counter()

    def project_name(self, id: str | None) -> str | None:
        self.asked["project_name", id] += 1
        return NAMES.project_name(id)

    def user_name(self, id: str | None) -> str | None:
        self.asked["user_name", id] += 1
        return NAMES.user_name(id)

    def user_email(self, id: str | None) -> str | None:
        self.asked["user_email", id] += 1
        return NAMES.user_email(id)

    def api_key_name(self, id: str | None) -> str | None:
        self.asked["api_key_name", id] += 1
        return NAMES.api_key_name(id)


def test_each_id_is_looked_up_once() -> None:
    """However many rows and pages have it; a code means the same in all batches."""
    days = [
        bucket(day, *(result(project_id="gpt-4o", user_id=u) for u in ("null", "ünï"))) for day in range(9)
    ]
    pages = [page(day, cursor=f"page_{n + 1}" if n < 8 else None) for n, day in enumerate(days)]
    with serving(as_bodies(*pages)) as client:
        query = client.completions(start_time=START)
        names = Counting()
        table = query.to_arrow(names=names)
        assert table.num_rows == 18
        assert set(names.asked.values()) == {1}
        assert set(names.asked) >= {("project_name", "gpt-4o"), ("user_email", "ünï")}

        names = Counting()
        rows = list(query.rows(names=names))
        assert len(rows) == 18
        assert not names.asked  # A row looks up what is asked of it.
        assert query.write(io.BytesIO(), format="csv", names=names) == 18
        assert max(names.asked.values()) == 2  # Once for each of the two combinations of ids.


def test_dictionaries_go_on_from_batch_to_batch(tmp_path: Path) -> None:
    """Names of which some come late, known and unknown, looked up and the row's own."""
    ids = ["gpt-4o", "who", "a,b", 'q"t', "else", "gpt-4o", None]
    results = [result(project_id=id, project_name=f"own {id}") for id in ids]
    days = [
        page(bucket(n, each), cursor=f"page_{n + 1}" if n < 6 else None) for n, each in enumerate(results)
    ]
    with serving(as_bodies(*days)) as client:
        query = client.completions(start_time=START)
        shape = Shape(names=NAMES, rows=1)
        schema, found = batches(query, shape)
        read: list[Any] = list(found)
    assert len(read) > 3
    table = pa.Table.from_batches(read, schema)
    assert table["project_name"].to_pylist() == [
        "own gpt-4o",
        "own who",
        "=Project 0",
        "=Project 1",
        "own else",
        "own gpt-4o",
        "own None",
    ]
    for earlier, later in pairwise(read):
        names = [batch["project_name"].dictionary.to_pylist() for batch in (earlier, later)]
        assert names[1][: len(names[0])] == names[0]


def test_chosen_ids_bring_their_names(client: Any) -> None:
    """As floats: never a name without its id; named, it has a place of its own, and is alone."""
    query = client.completions(start_time="1d", group_by=["project_id", "user_id"])

    def columns(*chosen: str) -> list[str]:
        names: list[str] = query.to_arrow(columns=list(chosen), names=NAMES).column_names
        return names

    assert columns("user_id", "model") == ["user_id", "user_name", "user_email", "model"]
    assert columns("user_email", "project_id", "user_id") == [
        "user_email",
        "project_id",
        "project_name",
        "user_id",
    ]
    assert columns("model") == ["model"]
    with pytest.raises(InvalidParameterError, match="project_name stands beside project_id, never instead"):
        columns("project_name", "model")
    assert query.to_arrow(columns=["project_name"]).column_names == ["project_name"]
    with pytest.raises(InvalidParameterError, match="cannot be 'user_name'"):
        query.to_arrow(columns=["user_name"])


def test_unknown_fields_of_that_name_are_kept_apart() -> None:
    """Should rows carry `user_name` one day: nothing is lost, and nothing doubled."""
    sent: dict[str, Any] = {"user_name": "from the API", "api_key_name": None}
    answer = page(bucket(0, result(user_id="null", **sent), result(user_id="who", **sent)))
    client, _ = scripted(*[answer] * 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        query = client.completions(start_time=START)
        records = query.to_records(names=NAMES)
        assert of_table(query.to_arrow(names=NAMES)) == records
        rows = [row.to_record() for row in query.rows(names=NAMES)]
    assert [record["user_name"] for record in records] == ["User, 3", None]
    for record in (*records, *rows):
        assert record["additional_properties"] == sent
    assert [record["user_name"] for record in rows] == ["User, 3", None]


def test_a_spreadsheet_runs_no_name(tmp_path: Path) -> None:
    """`csv_safe` is for names, too; ids are looked up as they came."""
    names = Names(projects={"=1": NAMED_FORMULA})
    client, _ = scripted(*[page(bucket(0, result(project_id="=1")))] * 2)
    query = client.completions(start_time=START)
    chosen = ["project_id", "project_name"]
    query.write(tmp_path / "safe.csv", columns=chosen, names=names, csv_safe=True)
    query.write(tmp_path / "exact.csv", columns=chosen, names=names)
    assert (tmp_path / "safe.csv").read_text() == "project_id,project_name\n'=1,'=HYPERLINK()\n"
    assert (tmp_path / "exact.csv").read_text() == "project_id,project_name\n=1,=HYPERLINK()\n"


NAMED_FORMULA = NamedProject(id="=1", name="=HYPERLINK()")
