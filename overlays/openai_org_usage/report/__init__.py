"""What did we spend, on what, compared with the period before, and where will the month end? ::

    from openai_org_usage import UsageClient
    from openai_org_usage.report import collect, render_html

    with UsageClient() as client:
        report = collect(client)  # the running month
    Path("spend.html").write_text(render_html(report), encoding="utf-8")

A report is a value; renderers write it down for a terminal (these need rich), as JSON, as Markdown, or
as one HTML page that needs nothing else. `check_budget` compares a limit with what is spent.
`docs/report.md` says what each figure means. Every name is imported when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import imported as _imported

if TYPE_CHECKING:
    from .as_json import render_json as render_json
    from .as_markdown import render_markdown as render_markdown
    from .as_terminal import print_report as print_report
    from .as_terminal import render_terminal as render_terminal
    from .budget import Budget as Budget
    from .budget import BudgetState as BudgetState
    from .budget import CurrencyBudget as CurrencyBudget
    from .budget import check_budget as check_budget
    from .budget_periods import BudgetPeriod as BudgetPeriod
    from .collecting import collect as collect
    from .collecting import collect_daily as collect_daily
    from .errors import ReportError as ReportError
    from .forecast import Forecast as Forecast
    from .html import render_html as render_html
    from .ledger import Ledger as Ledger
    from .line_items import LineItem as LineItem
    from .line_items import read_line_item as read_line_item
    from .notes import Refusal as Refusal
    from .omissions import LeftOut as LeftOut
    from .omissions import Omission as Omission
    from .omissions import left_out as left_out
    from .omissions import missing_days as missing_days
    from .periods import Period as Period
    from .report import Gathered as Gathered
    from .report import Report as Report
    from .report import Scope as Scope
    from .report import make_report as make_report

__all__ = [
    "Budget",
    "BudgetPeriod",
    "BudgetState",
    "CurrencyBudget",
    "Forecast",
    "Gathered",
    "Ledger",
    "LeftOut",
    "LineItem",
    "Omission",
    "Period",
    "Refusal",
    "Report",
    "ReportError",
    "Scope",
    "check_budget",
    "collect",
    "collect_daily",
    "left_out",
    "make_report",
    "missing_days",
    "print_report",
    "read_line_item",
    "render_html",
    "render_json",
    "render_markdown",
    "render_terminal",
]

_MODULE_OF = {
    "Budget": "budget",
    "BudgetPeriod": "budget_periods",
    "BudgetState": "budget",
    "CurrencyBudget": "budget",
    "Forecast": "forecast",
    "Gathered": "report",
    "Ledger": "ledger",
    "LeftOut": "omissions",
    "LineItem": "line_items",
    "Omission": "omissions",
    "Period": "periods",
    "Refusal": "notes",
    "Report": "report",
    "ReportError": "errors",
    "Scope": "report",
    "check_budget": "budget",
    "collect": "collecting",
    "collect_daily": "collecting",
    "left_out": "omissions",
    "make_report": "report",
    "missing_days": "omissions",
    "print_report": "as_terminal",
    "read_line_item": "line_items",
    "render_html": "html",
    "render_json": "as_json",
    "render_markdown": "as_markdown",
    "render_terminal": "as_terminal",
}


def __getattr__(name: str) -> object:
    return _imported(name, package=__name__, module_of=_MODULE_OF)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
