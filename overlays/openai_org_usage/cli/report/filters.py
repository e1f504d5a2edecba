"""Which part of the organization a report is of, as it was asked for: by name, model and line item."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import attrs

from ..click_base import Option
from ..names.name_filters import NameFilters, every_name_filter_option
from ..parameters import FILTERS

if TYPE_CHECKING:
    from ...directory.names import Names
    from ...report import ReportFilters

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


_MODEL: Final = (
    "Only this model, such as gpt-5, which stands for its dated versions, too, or a category such as "
    "'Image models'. Repeatable."
)
_LINE_ITEM: Final = "Only this line item, whole, such as 'gpt-5-2025-08-07, output'. Repeatable."
