"""Which columns files have, how exact numbers are kept in them, and what becomes of older files."""

from __future__ import annotations

from decimal import Decimal

import pytest

from openai_org_usage import OPERATIONS, ArchiveError, InexactValueError, UnknownResultWarning
from openai_org_usage.archive.partitions import file_schema
from openai_org_usage.emulator import FaultPlan
from openai_org_usage.emulator.faults import Altered, AmountText, UnknownObject
from openai_org_usage.tables.columns import columns_of
from openai_org_usage.tables.optional_imports import ArrowTable

from ..conftest import DAY, MIDNIGHT
from .world import Row, World, pq

LONG = "0.123456789012345678901234567890123456789"
ROUNDED = "0.123456789012345678901234567890"


def test_files_have_the_columns_of_tables_in_order_and_plain_types(world: World) -> None:
    """Beside each exact number stands its text, and at the end when the bucket was read."""
    world.sync("costs", since="1d")
    assert world.asked[0]["limit"] == "31"  # A month in memory, not the six that are allowed.
    (path,) = world.files("costs")
    schema = pq.ParquetFile(path).schema_arrow
    expected = [column.name for column in columns_of(OPERATIONS["costs"])]
    expected.insert(expected.index("amount_value") + 1, "amount_value_exact")
    expected.insert(expected.index("quantity") + 1, "quantity_exact")
    assert schema.names == [*expected, "pulled_at"]
    types = {str(schema.field(name).type) for name in schema.names}
    assert types == {"timestamp[us, tz=UTC]", "string", "decimal128(38, 30)", "decimal128(38, 27)"}
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_has_a_schema_for_files(operation: str) -> None:
    """It has each column once, and the organization."""
    names = file_schema(OPERATIONS[operation]).names
    assert len(set(names)) == len(names)
    assert {"start_time", "end_time", "organization_id", "pulled_at"} <= set(names)


def test_rows_are_in_one_order_whatever_order_they_come_in(world: World) -> None:
    """By start, by dimensions, by all else: the same rows are the same bytes."""
    world.sync(since="5d")
    before = world.snapshot()
    world.api.faults = FaultPlan(Altered(_reversed))
    world.sync()
    assert world.snapshot() == before


def test_an_amount_of_39_digits_is_exact(world: World) -> None:
    """The decimal is rounded half-even to 30 digits, and the text beside it is the amount."""
    world.api.faults = FaultPlan(AmountText(LONG))
    world.sync("costs", since="1d")
    rows = world.rows("costs")
    assert {row["amount_value"] for row in rows} == {Decimal(ROUNDED)}
    assert {row["amount_value_exact"] for row in rows} == {LONG}
    assert {row["quantity_exact"] for row in rows} == {None}
    before = world.snapshot()
    world.sync("costs")
    assert world.snapshot() == before


def test_only_what_decimals_do_not_hold_is_text(world: World) -> None:
    """An amount among others with its 39 digits, one that is half-way, and a restatement behind the 30th."""
    texts = [LONG, "0." + "0" * 30 + "5", "1.5E-3", "0E-6176"]

    def amounts(page: Row, last: str = "") -> Row:
        for bucket in page["data"]:
            bucket["results"] = bucket["results"][: len(texts)]
            for row, text in zip(bucket["results"], [*texts[:-1], last or texts[-1]], strict=False):
                row["amount"]["value"] = text
        return page

    world.api.faults = FaultPlan(Altered(amounts))
    world.sync("costs", since="3d")
    first = [row for row in world.rows("costs") if row["start_time"].day == 19]
    assert sorted(
        (row["amount_value"], row["amount_value_exact"]) for row in first if row["amount_value_exact"]
    ) == [
        (Decimal(0), texts[1]),
        (Decimal(ROUNDED), LONG),
    ]
    assert {row["amount_value"] for row in first if not row["amount_value_exact"]} == {
        Decimal("0.0015"),
        Decimal(0),
    }
    texts[0] = LONG[:-1] + "8"
    world.sync("costs")
    told = [row for row in world.rows("restatements") if row["start_time"].day == 19]
    assert [(row["field"], row["before"], row["after"]) for row in told] == [("amount_value", LONG, texts[0])]


def test_a_number_too_large_is_refused_and_other_tables_are_read(world: World) -> None:
    """Nothing is rounded before the point."""
    world.api.faults = FaultPlan(AmountText("123456789.5"), operations="costs")
    with pytest.raises(
        InexactValueError, match=r"amount_value: 123456789\.5 has too many digits before the point"
    ):
        world.sync("costs", "images", since="3d")
    assert not world.files("costs")
    assert world.files("images")


def test_results_of_unknown_types_are_rows(world: World) -> None:
    """With their tag, and what they hold as JSON; nothing of them is zero."""
    world.api.faults = FaultPlan(UnknownObject())
    with pytest.warns(UnknownResultWarning):
        world.sync("images", since="2d")
    unknown = [row for row in world.rows() if row["object"] != OPERATIONS["images"].result_object]
    assert unknown
    assert {row["images"] for row in unknown} == {None}
    assert all(row["additional_properties"] and row["organization_id"] == "org-emulated" for row in unknown)


def test_the_organization_is_known_where_results_do_not_name_it(world: World) -> None:
    """From the header of the answer."""
    world.change(lambda _, row: {name: row[name] for name in row if name != "organization_id"})
    world.sync(since="2d")
    assert {row["organization_id"] for row in world.rows()} == {"org-emulated"}


def test_columns_are_only_added(world: World) -> None:
    """A new one is null in rows of an older file, and one that this version does not know stays."""
    world.sync(since="5d")
    (path,) = world.files()
    world.rewrite(path, _as_of_another_version)
    changed = MIDNIGHT - DAY
    world.change(lambda start, row: row | {"num_model_requests": 3} if start == changed else row)
    world.sync()
    rows = world.rows()
    names = pq.ParquetFile(path).schema_arrow.names
    assert names == [*file_schema(OPERATIONS["images"]).names, "of_later"]
    fresh = {row["start_time"].timestamp() for row in rows if row["size"] is not None}
    assert fresh == {changed, *(MIDNIGHT + day * DAY for day in range(-4, 1))}
    assert world.kept() - world.served() == {}
    assert {row["field"] for row in world.rows("restatements")} == {"num_model_requests"}


def test_an_older_file_that_has_not_changed_is_left_as_it_is(world: World) -> None:
    """Where nothing has values in a column that is new."""
    world.sync("vector_stores", since="5d")
    (path,) = world.files("vector_stores")
    world.rewrite(
        path, lambda table: table.drop(["additional_properties"]).append_column("x", [[1] * len(table)])
    )
    before = world.snapshot()
    world.sync("vector_stores")
    assert world.snapshot() == before
    world.clock.now += DAY
    world.sync("vector_stores")
    rows = world.rows("vector_stores")
    assert {row["x"] for row in rows if row["start_time"].timestamp() < MIDNIGHT} == {1}
    assert {row["x"] for row in rows if row["start_time"].timestamp() >= MIDNIGHT} == {None}


def test_a_column_of_another_type_is_refused(world: World) -> None:
    """As values of it cannot be compared."""
    world.sync(since="3d")
    (path,) = world.files()
    place = pq.ParquetFile(path).schema_arrow.get_field_index("images")
    world.rewrite(path, lambda table: table.set_column(place, "images", [["many"] * len(table)]))
    with pytest.raises(ArchiveError, match="of another kind than this version knows"):
        world.sync()


def _as_of_another_version(table: ArrowTable) -> ArrowTable:
    return table.drop(["size"]).append_column("of_later", [["kept"] * len(table)])


def _reversed(page: Row) -> Row:
    return page | {"data": [each | {"results": each["results"][::-1]} for each in page["data"]]}
