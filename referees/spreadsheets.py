"""LibreOffice as the judge of files for spreadsheets: do sums agree to the cent, and does no text run?

Texts that try to run stand wherever an organization's members choose a name. LibreOffice opens each file and
says in its own XML which cells it takes for formulas, links and dates.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from html import unescape
from pathlib import Path

from openai_org_usage import OPERATIONS, NamedKey, NamedProject, Names, sum_amounts
from openai_org_usage._generated import CostsBucket, CostsResult, CostsResultAmount
from openai_org_usage.tables.writing import write_buckets

from .processes import run
from .verdicts import ScoreSheet, skipped

NAME = "LibreOffice"
ASKED = "workbooks and CSV with 200 texts that try to run, in names, line items and ids"
PROGRAM = "soffice"
_SECONDS = 300.0
_DAY = 86_400
_START = 1_793_491_200
_PAYLOADS = (
    "=1+1",
    "=cmd|'/c calc'!A0",
    "=2+5+cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example","x")',
    '=DDE("cmd";"/c calc";"x")',
    '=WEBSERVICE("https://evil.example")',
    "@SUM(1+1)",
    "+1+1",
    "-1+1",
    "\uff1d1+1",
)
_BEFORE = (
    *("", " ", "\t", "\r", "\n", "\r\n", "\u00a0", "\u200b", "\ufeff", "\u3000"),
    *('"', '""', ";", "x;", "x\t", "x\n", "x\r\n", '";', "\u2028", "\x0b"),
)
INJECTIONS = tuple(before + payload for before in _BEFORE for payload in _PAYLOADS)
"""200 texts."""
_SEPARATORS = {",": 44, ";": 59, "tab": 9}
"""What LibreOffice may be told, or guess, that divides the fields of a CSV."""
_FORMULA = re.compile(r'table:formula="([^"]*)"(?:[^>]*office:value="([^"]*)")?')
_OURS = re.compile(r"of:=SUM\(\[\.[A-Z]+2:\.[A-Z]+\d+\]\)")


def judge_by_libreoffice(*, folder: Path) -> list[ScoreSheet]:
    """What LibreOffice makes of a workbook and of CSV; skipped where it is not installed."""
    if shutil.which(PROGRAM) is None:
        return [skipped(NAME, asked=ASKED, why=f"{PROGRAM} is not installed")]
    sheet = ScoreSheet(NAME, asked=ASKED)
    bucket, names = _hostile_costs()
    costs = OPERATIONS["costs"]
    write_buckets([bucket], folder / "costs.xlsx", operation=costs, names=names)
    write_buckets([bucket], folder / "costs.csv", operation=costs, names=names, dates="plain")
    write_buckets([bucket], folder / "raw.csv", operation=costs, names=names)
    _judge_workbook(sheet, _opened(folder / "costs.xlsx"), bucket)
    for separator, code in _SEPARATORS.items():
        found = _opened(folder / "costs.csv", separator=code)
        ran = [unescape(formula) for formula, _ in _FORMULA.findall(found)]
        for text in INJECTIONS:
            sheet.expect(not ran, f"CSV divided by {separator}: a text runs", f"{text!r} among {ran[:3]}")
    dated = _opened(folder / "costs.csv", separator=44)
    sheet.expect('office:date-value="2026-11-01"' in dated, "CSV: a day is no date")
    raw = _opened(folder / "raw.csv", separator=44)
    sheet.expect(bool(_FORMULA.search(raw)), "control: CSV that is not for spreadsheets runs")
    return [sheet]


def _judge_workbook(sheet: ScoreSheet, found: str, bucket: CostsBucket) -> None:
    formulas = _FORMULA.findall(found)
    foreign = [unescape(formula) for formula, _ in formulas if not _OURS.fullmatch(formula)]
    for text in INJECTIONS:
        sheet.expect(
            not foreign and "xlink:href" not in found, "workbook: a text runs", f"{text!r}: {foreign[:3]}"
        )
    exact = sum_amounts([bucket])["usd"]
    cents = [_cents(Decimal(value)) for _, value in formulas if value]
    sheet.expect(_cents(exact) in cents, "workbook: the sum differs", f"{exact} is none of {cents}")
    for result in bucket.results:
        amount = result.amount.value if result.amount else None
        sheet.expect(f">{amount}<" in found, "workbook: digits are lost", str(amount))


def _opened(path: Path, *, separator: int | None = None) -> str:
    """What LibreOffice has of a file, in its own XML; of CSV as one that lets formulas run."""
    options = [f"--infilter=CSV:{separator},34,76,1,,0,false,true,false,false,false,-1,true"]
    profile = path.parent / "profile"
    command = [
        PROGRAM,
        f"-env:UserInstallation=file://{profile}",
        "--headless",
        *(options if separator else []),
        *("--convert-to", "fods", "--outdir", str(path.parent), str(path)),
    ]
    run(command, log="libreoffice.log", timeout=_SECONDS)
    return path.with_suffix(".fods").read_text()


def _hostile_costs() -> tuple[CostsBucket, Names]:
    """A day of costs in which each text stands in every place, and what knows the names."""
    results = list(_results(INJECTIONS))
    projects = {
        f"proj_{place}": NamedProject(id=f"proj_{place}", name=text) for place, text in enumerate(INJECTIONS)
    }
    keys = {f"key_{place}": NamedKey(id=f"key_{place}", name=text) for place, text in enumerate(INJECTIONS)}
    bucket = CostsBucket(object="bucket", start_time=_START, end_time=_START + _DAY, results=results)
    return bucket, Names(projects=projects, api_keys=keys)


def _results(texts: Sequence[str]) -> Iterator[CostsResult]:
    for place, text in enumerate(texts):
        value = Decimal(place - 50) / 7
        yield CostsResult(
            object="organization.costs.result",
            amount=CostsResultAmount(value=value, currency="usd"),
            line_item=text,
            project_id=f"proj_{place}",
            api_key_id=f"key_{place}",
            user_id=text,
        )


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
