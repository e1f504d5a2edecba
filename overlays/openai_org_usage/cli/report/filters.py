"""Which part of the organization a report is of, as it was asked for: by name, model and line item."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

import attrs

from ..click_base import Option
from ..names.name_filters import NameFilters, every_name_filter_option, unlisted_notes
from ..parameters import FILTERS

if TYPE_CHECKING:
    from ...directory.names import Names
    from ...report import Report, ReportFilters

_option = partial(Option, section=FILTERS, multiple=True)


@attrs.frozen(kw_only=True)
class ReportFilterOptions:
    """What was typed; names are turned to ids when it is known what these are."""

    by_project: tuple[str, ...] = ()
    by_user: tuple[str, ...] = ()
    by_api_key: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    line_items: tuple[str, ...] = ()

    @classmethod
    def options(cls) -> list[Option]:
        """The options for it."""
        return [
            *every_name_filter_option(),
            _option(["models", "--model"], help=_MODEL, metavar="MODEL"),
            _option(["line_items", "--line-item"], help=_LINE_ITEM, metavar="TEXT"),
        ]

    @property
    def need_names(self) -> bool:
        """Whether something is called by its name, so that its id must be looked up."""
        return self._owners.need_names

    def check(self) -> None:
        """Refuse what can be no filter, before anything is read.

        Raises:
            ReportError: a text is empty.
        """
        self.meant(None)

    def meant(self, names: Names | None) -> ReportFilters:
        """What the report is of; ids need no `names`, and without any, names are taken for ids.

        Raises:
            WrongUsageError: a name is nobody's, or that of several.
            UnknownNameError: it is not known whose it is, as the key may not list names.
            ReportError: a text is empty.
        """
        from ...report import ReportFilters

        return ReportFilters(models=self.models, line_items=self.line_items, **self._owners.ids(names))

    @property
    def _owners(self) -> NameFilters:
        return NameFilters(by_project=self.by_project, by_user=self.by_user, by_api_key=self.by_api_key)


def doubts_about(report: Report, filters: ReportFilters, names: Names | None) -> Iterator[str]:
    """What of `filters` is likely written wrongly: no costs are of it, or no list in `names` has it."""
    doubts = [
        *report.part.unmatched_notes(),
        *unlisted_notes("project", filters.project_ids, names),
        *unlisted_notes("user", filters.user_ids, names),
        *unlisted_notes("api_key", filters.api_key_ids, names),
    ]
    yield from doubts
    if report.part and not (report.spends or doubts):
        yield f"nothing in this range is of {report.part}: is that written as it should be?"


_MODEL: Final = (
    "Only this model, such as gpt-5, which stands for its dated versions, too, or a category such as "
    "'Image models'. Repeatable."
)
_LINE_ITEM: Final = "Only this line item, whole, such as 'gpt-5-2025-08-07, output'. Repeatable."
