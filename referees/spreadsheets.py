"""LibreOffice as the judge of files for spreadsheets: do sums agree to the cent, and does no text run?

Texts that try to run stand wherever an organization's members choose a name. LibreOffice opens each file and
says in its own XML which cells it takes for formulas, links and dates.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from html import unescape
from pathlib import Path

from openai_org_usage import OPERATIONS, sum_amounts
from openai_org_usage._generated import CostsBucket
from openai_org_usage.tables.writing import write_buckets

from .hostile_workbooks import INJECTIONS, NAMES, hostile_costs, write_hostile_workbooks
from .processes import run
from .verdicts import ScoreSheet, skipped

NAME = "LibreOffice"
ASKED = "workbooks of all kinds and CSV with 200 texts that try to run, in names, line items and ids"
PROGRAM = "soffice"
_SECONDS = 600.0
_SEPARATORS = {",": 44, ";": 59, "tab": 9}
"""What LibreOffice may be told, or guess, that divides the fields of a CSV."""
_FORMULA = re.compile(r'table:formula="([^"]*)"(?:[^>]*office:value="([^"]*)")?')
_OURS = re.compile(r"of:=SUM\(\[\.[A-Z]+2:\.[A-Z]+\d+\]\)")
_SUM_WITH_DIGITS = re.compile(
    r'table:formula="[^"]*"[^>]*office:value="([^"]*)"[^>]*>\s*<text:p>[^<]*</text:p>\s*</table:table-cell>\s*'
    r'<table:table-cell[^>]*office:value-type="string"[^>]*>\s*<text:p>([-\d.]+)</text:p>'
)
"""A sum, and the text in the cell beside it, which has all digits."""


def judge_by_libreoffice(*, folder: Path) -> list[ScoreSheet]:
    """What LibreOffice makes of workbooks and of CSV; skipped where it is not installed."""
    if shutil.which(PROGRAM) is None:
        return [skipped(NAME, asked=ASKED, why=f"{PROGRAM} is not installed")]
    sheet = ScoreSheet(NAME, asked=ASKED)
    bucket = hostile_costs()
    books = list(write_hostile_workbooks(folder))
    _open(*books)
    for book in books:
        _judge_workbook(sheet, book.stem, _opened(book))
    _judge_costs(sheet, _opened(folder / "costs.xlsx"), bucket)
    _judge_csv(sheet, folder, bucket)
    return [sheet]


def _judge_workbook(sheet: ScoreSheet, name: str, found: str) -> None:
    """No text runs, and each sum is the one that is written beside it."""
    foreign = [unescape(formula) for formula, _ in _FORMULA.findall(found) if not _OURS.fullmatch(formula)]
    is_harmless = not foreign and "xlink:href" not in found
    for text in INJECTIONS:
        sheet.expect(is_harmless, f"workbook of {name}: a text runs", f"{text!r}: {foreign[:3]}")
    for value, digits in _SUM_WITH_DIGITS.findall(found):
        same = _cents(Decimal(value)) == _cents(Decimal(digits))
        sheet.expect(same, f"workbook of {name}: a sum differs", f"{value}, not {digits}")


def _judge_costs(sheet: ScoreSheet, found: str, bucket: CostsBucket) -> None:
    """The sum is that of the amounts, and these have all their digits."""
    sums = [_cents(Decimal(value)) for value, _ in _SUM_WITH_DIGITS.findall(found)]
    exact = sum_amounts([bucket])["usd"]
    sheet.expect(_cents(exact) in sums, "workbook of costs: the sum differs", f"{exact} is none of {sums}")
    for result in bucket.results:
        amount = result.amount.value if result.amount else None
        sheet.expect(f">{amount}<" in found, "workbook of costs: digits are lost", str(amount))


def _judge_csv(sheet: ScoreSheet, folder: Path, bucket: CostsBucket) -> None:
    costs, path, raw = OPERATIONS["costs"], folder / "plain.csv", folder / "raw.csv"
    write_buckets([bucket], path, operation=costs, names=NAMES, dates="plain")
    write_buckets([bucket], raw, operation=costs, names=NAMES)
    for separator, code in _SEPARATORS.items():
        _open(path, options=_csv(code))
        found = _opened(path)
        ran = [unescape(formula) for formula, _ in _FORMULA.findall(found)]
        for text in INJECTIONS:
            sheet.expect(not ran, f"CSV divided by {separator}: a text runs", f"{text!r} among {ran[:3]}")
        if separator == ",":
            sheet.expect('office:date-value="2026-11-01"' in found, "CSV: a day is no date")
    _open(raw, options=_csv(_SEPARATORS[","]))
    runs = bool(_FORMULA.search(_opened(raw)))
    sheet.expect(runs, "control: CSV that is not for spreadsheets runs")


def _csv(separator: int) -> list[str]:
    """How CSV is read: as by one who lets formulas run."""
    return [f"--infilter=CSV:{separator},34,76,1,,0,false,true,false,false,false,-1,true"]


def _open(*paths: Path, options: Sequence[str] = ()) -> None:
    """Have LibreOffice read `paths`, and write down in its own XML what it has of them."""
    folder = paths[0].parent
    command = [
        PROGRAM,
        f"-env:UserInstallation=file://{folder / 'profile'}",
        "--headless",
        *options,
        *("--convert-to", "fods", "--outdir", str(folder), *map(str, paths)),
    ]
    run(command, log="libreoffice.log", timeout=_SECONDS)


def _opened(path: Path) -> str:
    return path.with_suffix(".fods").read_text()


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
