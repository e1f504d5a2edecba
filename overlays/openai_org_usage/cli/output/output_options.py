"""Options that decide what is shown of the rows, in which form, and where."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, get_args

import attrs
import click

from ..._generated import Operation
from ...named_rows import NAMES_BESIDE, FixedNames, NameLookup
from ...sums.calendar_periods import AddedBy
from ...tables.columns import Kind, columns_of, select, with_floats, with_names
from ...tables.schema import Decimals
from ...terminal.suggestions import suggestion
from ..click_base import Option
from ..errors import WrongUsageError
from ..names.name_options import NameOptions
from .formats import OUTPUT, FormOptions, exact_option, format_option, output_option, spreadsheet_options

if TYPE_CHECKING:
    from ...directory.names import Names
    from ...sums.calendar_periods import Periods
    from ..rows.arrangement import Arrangement

_option = partial(Option, section=OUTPUT)
EMAIL: Final = "user_email"
_NAMES: Final = {name for names in NAMES_BESIDE.values() for name in names}


@attrs.frozen(kw_only=True)
class OutputOptions(FormOptions):
    """What is shown, in which form, and where."""

    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    by: AddedBy | None = None
    totals: bool = False
    fill: bool = False
    decimals: Decimals = "decimal128"
    drop_empty: bool = False
    no_emails: bool = False
    raw: bool = False
    dry_run: bool = False

    @classmethod
    def options(cls, operation: Operation) -> list[Option]:
        """The options for it, for the columns of `operation`."""
        columns = with_names(columns_of(operation), FixedNames())
        names = tuple(column.name for column in with_floats(columns))
        values = tuple(column.name for column in columns if column.kind is not Kind.OTHER)
        decimals = click.Choice(get_args(Decimals))
        return [
            format_option(),
            output_option(),
            _option(["--by"], help=_BY, type=click.Choice(get_args(AddedBy)), metavar="PERIOD"),
            _option(["--totals"], help=_TOTALS, is_flag=True),
            _option(["--fill"], help=_FILL, is_flag=True),
            _option(
                ["--columns"], help=_COLUMNS, metavar="LIST", multiple=True, callback=partial(_read, names)
            ),
            _option(["--sort"], help=_SORT, metavar="LIST", multiple=True, callback=partial(_read, values)),
            _option(["--decimals"], help=_DECIMALS, type=decimals, default="decimal128", metavar="TYPE"),
            exact_option(),
            *spreadsheet_options(),
            _option(["--drop-empty"], help=_DROP_EMPTY, is_flag=True),
            _option(["--no-emails"], help=_NO_EMAILS, is_flag=True),
            _option(["--raw"], help=_RAW, is_flag=True),
            _option(["--dry-run"], help=_DRY_RUN, is_flag=True),
        ]

    @property
    def added_by(self) -> AddedBy | None:
        """What rows are added up by; None for the buckets that they come in."""
        return "total" if self.totals else self.by

    def chosen(self, operation: Operation, names: NameLookup | None) -> Sequence[str] | None:
        """The columns that are written; None for all."""
        if not self.no_emails:
            return self.columns or None
        chosen = select(operation, self.columns or None, floats=self.decimals == "float64", names=names)
        return [
            column.name
            for column in chosen
            if column.name in self.columns or (column.name != EMAIL and column.kind is not Kind.FLOAT)
        ]

    def shown(self, names: Names | None) -> Names | None:
        """Those of `names` that may be shown."""
        return names.without_emails() if names is not None and self.no_emails else names

    def arrangement(
        self, operation: Operation, *, periods: Periods | None = None, by_model: bool = False
    ) -> Arrangement:
        """What is made of the rows of `operation`, which are added up by `periods`."""
        from ..rows.arrangement import Arrangement  # Not before it is needed: a help page is there at once.

        return Arrangement(
            operation=operation,
            periods=periods,
            by_model=by_model,
            fill=self.fill,
            sort=self.sort,
            no_emails=self.no_emails,
        )

    def check(self, operation: Operation, names: NameOptions) -> None:
        """Refuse what does not go together, of the columns of `operation`, which have `names` or none.

        Raises:
            WrongUsageError: it does not.
        """
        plain = {column.name for column in columns_of(operation)}
        for name in self.named_columns:
            if name in _NAMES and name not in plain and not names.names:
                raise WrongUsageError(f"{name} is there with --names only")
            if name == EMAIL and self.no_emails:
                raise WrongUsageError(f"--no-emails leaves {EMAIL} out")
        if names.names and self.columns:
            select(operation, self.columns, floats=self.decimals == "float64", names=FixedNames())
        if self.totals and self.by not in (None, "total"):
            raise WrongUsageError(f"--totals is --by total: leave it out, or --by {self.by}")
        if self.raw:
            self._check_raw(names)

    @property
    def named_columns(self) -> tuple[str, ...]:
        """Those that are chosen or sorted by."""
        return (*self.columns, *(key.removeprefix("-") for key in self.sort))

    def _check_raw(self, names: NameOptions) -> None:
        """Refuse what would change pages that are wanted as they came."""
        changing = {
            "--by": self.by,
            "--totals": self.totals,
            "--fill": self.fill,
            "--columns": self.columns,
            "--sort": self.sort,
            "--csv-safe": self.csv_safe,
            "--dates": self.dates != "iso",
            "--drop-empty": self.drop_empty,
            "--no-emails": self.no_emails,
            "--names": names.names,
            "--format": self.format not in (None, "ndjson"),
        }
        for option, given in changing.items():
            if given:
                raise WrongUsageError(f"--raw gives the pages as they came, one a line: leave {option} out")


def _read(
    known: Sequence[str], ctx: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """Names of columns, separated by commas; to sort by, the largest first, with a minus before."""
    names = [name for text in given for name in text.replace(" ", "").split(",") if name]
    for name in names:
        plain = name.removeprefix("-") if option.name == "sort" else name
        if plain not in known:
            raise click.UsageError(
                f"{option.opts[0]}: there is no column {plain!r}{suggestion(plain, known)}; "
                f"{ctx.command.name} has {', '.join(known)}"
            )
    return tuple(dict.fromkeys(names))


_BY = (
    "Add up: one row for each group and hour, day, week (from Monday), month or year, or one in total, the "
    "largest first; without it there is one for each bucket. Days are those of --timezone."
)
_TOTALS = "The same as --by total."
_FILL = (
    "A row of zeros where there was nothing: for each bucket or period and each group that is in any of them."
)
_COLUMNS = "Which columns, in this order.  [default: all; in a table, those with something in them]"
_SORT = "Columns to sort by, with a minus for the largest first: --sort=-input_tokens,model."
_DECIMALS = (
    "How exact numbers are held: decimal128 in 38 digits, decimal256 in 76, as string, or float64: "
    "decimal128 with a column of floats beside.  [default: decimal128]"
)
_DROP_EMPTY = "Leave out columns in which no row has a value; all rows are held until that is known."
_NO_EMAILS = (
    "Leave the column user_email out, and names that have an address in them. Only addresses go: people's "
    "names, key names and all projects stay."
)
_RAW = (
    "The pages as they came, one a line, unchanged but for white space and for how control characters are "
    "written."
)
_DRY_RUN = "Send nothing; print the requests as curl commands. Needs no key."
