"""What did we spend, on what, compared with the period before, and where will the month end? ::

    from openai_org_usage import UsageClient
    from openai_org_usage.report import collect, render_html

    with UsageClient() as client:
        report = collect(client)  # the running month
    Path("spend.html").write_text(render_html(report), encoding="utf-8")

A report is a value; renderers write it down as JSON, as Markdown, and with the extra `report` for a
terminal or as one HTML page that opens anywhere. `check_budget` compares a limit with what is spent.
`docs/report.md` says what each figure means. Every name is imported when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import imported as _imported

if TYPE_CHECKING:
    from ..line_items import LineItem as LineItem
    from ..line_items import read_line_item as read_line_item
    from .budget import Budget as Budget
    from .budget import BudgetPeriod as BudgetPeriod
    from .budget import BudgetState as BudgetState
    from .budget import CurrencyBudget as CurrencyBudget
    from .budget_check import check_budget as check_budget
    from .errors import PartRefusedError as PartRefusedError
    from .errors import ReportError as ReportError
    from .explanation.causes import CauseKind as CauseKind
    from .explanation.causes import ChangeCause as ChangeCause
    from .explanation.causes import Subject as Subject
    from .explanation.comparison import ChangeSize as ChangeSize
    from .explanation.effects import Effects as Effects
    from .explanation.effects import ItemEffects as ItemEffects
    from .explanation.explanation import Explanation as Explanation
    from .explanation.movers import Mover as Mover
    from .explanation.movers import Movers as Movers
    from .explanation.unusual_days import UnusualDay as UnusualDay
    from .filters import ReportFilters as ReportFilters
    from .forecast import Forecast as Forecast
    from .ledger import Ledger as Ledger
    from .notes import Refusal as Refusal
    from .periods import Period as Period
    from .queries import collect as collect
    from .queries import collect_async as collect_async
    from .queries import collect_daily as collect_daily
    from .queries import collect_daily_async as collect_daily_async
    from .renderers.html.page import render_html as render_html
    from .renderers.json import render_json as render_json
    from .renderers.markdown import render_markdown as render_markdown
    from .renderers.terminal import print_report as print_report
    from .renderers.terminal import render_terminal as render_terminal
    from .renderers.workbook import render_workbook as render_workbook
    from .report import Gathered as Gathered
    from .report import Report as Report
    from .report import make_report as make_report
    from .scope import Scope as Scope
    from .unknown_results import LeftOut as LeftOut
    from .unknown_results import Omission as Omission
    from .unknown_results import left_out as left_out
    from .unknown_results import missing_days as missing_days
    from .view import BarUnit as BarUnit
    from .view import Section as Section

__all__ = [
    "BarUnit",
    "Budget",
    "BudgetPeriod",
    "BudgetState",
    "CauseKind",
    "ChangeCause",
    "ChangeSize",
    "CurrencyBudget",
    "Effects",
    "Explanation",
    "Forecast",
    "Gathered",
    "ItemEffects",
    "Ledger",
    "LeftOut",
    "LineItem",
    "Mover",
    "Movers",
    "Omission",
    "PartRefusedError",
    "Period",
    "Refusal",
    "Report",
    "ReportError",
    "ReportFilters",
    "Scope",
    "Section",
    "Subject",
    "UnusualDay",
    "check_budget",
    "collect",
    "collect_async",
    "collect_daily",
    "collect_daily_async",
    "left_out",
    "make_report",
    "missing_days",
    "print_report",
    "read_line_item",
    "render_html",
    "render_json",
    "render_markdown",
    "render_terminal",
    "render_workbook",
]

_MODULE_OF = {
    "BarUnit": "view",
    "Budget": "budget",
    "BudgetPeriod": "budget",
    "BudgetState": "budget",
    "CauseKind": "explanation.causes",
    "ChangeCause": "explanation.causes",
    "ChangeSize": "explanation.comparison",
    "CurrencyBudget": "budget",
    "Effects": "explanation.effects",
    "Explanation": "explanation.explanation",
    "ReportFilters": "filters",
    "Forecast": "forecast",
    "Gathered": "report",
    "ItemEffects": "explanation.effects",
    "Ledger": "ledger",
    "LeftOut": "unknown_results",
    "LineItem": ".line_items",
    "Mover": "explanation.movers",
    "Movers": "explanation.movers",
    "Omission": "unknown_results",
    "PartRefusedError": "errors",
    "Period": "periods",
    "Refusal": "notes",
    "Report": "report",
    "ReportError": "errors",
    "Scope": "scope",
    "Section": "view",
    "Subject": "explanation.causes",
    "UnusualDay": "explanation.unusual_days",
    "check_budget": "budget_check",
    "collect": "queries",
    "collect_async": "queries",
    "collect_daily": "queries",
    "collect_daily_async": "queries",
    "left_out": "unknown_results",
    "make_report": "report",
    "missing_days": "unknown_results",
    "print_report": "renderers.terminal",
    "read_line_item": ".line_items",
    "render_html": "renderers.html.page",
    "render_json": "renderers.json",
    "render_markdown": "renderers.markdown",
    "render_terminal": "renderers.terminal",
    "render_workbook": "renderers.workbook",
}


def __getattr__(name: str) -> object:
    return _imported(name, package=__name__, module_of=_MODULE_OF)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
