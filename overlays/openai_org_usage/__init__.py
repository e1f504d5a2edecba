"""Read an organization's OpenAI usage and costs: every page, exact money, typed rows::

    from openai_org_usage import UsageClient

    with UsageClient() as client:  # the admin key is in OPENAI_ADMIN_KEY
        for row in client.costs(start_time="30d", group_by=["line_item"]).rows():
            print(row.start.date(), row.line_item, row.amount_value)

Every name below is imported when first used, so importing the package loads nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy_names import imported as _imported

if TYPE_CHECKING:
    from ._generated import DIRECTORY as DIRECTORY
    from ._generated import OPERATIONS as OPERATIONS
    from ._generated import ListOperation as ListOperation
    from ._generated import ListRequest as ListRequest
    from ._generated import Operation as Operation
    from ._generated import Request as Request
    from ._generated import UnknownResult as UnknownResult
    from .archive.archive import Archive as Archive
    from .archive.archive_table import ArchiveTable as ArchiveTable
    from .client import AsyncUsageClient as AsyncUsageClient
    from .client import UsageClient as UsageClient
    from .directory.names import NamedKey as NamedKey
    from .directory.names import NamedProject as NamedProject
    from .directory.names import NamedUser as NamedUser
    from .directory.names import Names as Names
    from .errors import *
    from .hooks import PageEvent as PageEvent
    from .hooks import RetryEvent as RetryEvent
    from .http.retry import RetryPolicy as RetryPolicy
    from .item_list import AsyncItemList as AsyncItemList
    from .item_list import ItemList as ItemList
    from .money import sum_amounts as sum_amounts
    from .named_rows import NamedRow as NamedRow
    from .named_rows import NameLookup as NameLookup
    from .query import AsyncUsageQuery as AsyncUsageQuery
    from .query import UsageQuery as UsageQuery
    from .rows import Rows as Rows
    from .rows import SummedRows as SummedRows

__version__ = "0.1.0"

__all__ = [
    "DIRECTORY",
    "OPERATIONS",
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "Archive",
    "ArchiveCoverageError",
    "ArchiveDamagedError",
    "ArchiveError",
    "ArchiveLockedError",
    "ArchiveTable",
    "AsyncItemList",
    "AsyncUsageClient",
    "AsyncUsageQuery",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "DuplicateOrganizationError",
    "InexactValueError",
    "InvalidParameterError",
    "ItemList",
    "ListOperation",
    "ListRequest",
    "LookbackExceededError",
    "MissingExtraError",
    "NameLookup",
    "NamedKey",
    "NamedProject",
    "NamedRow",
    "NamedUser",
    "Names",
    "NamesFileError",
    "OpenAIUsageError",
    "Operation",
    "OtherOrganizationError",
    "PageEvent",
    "PaginationError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "RateLimitError",
    "Request",
    "ResponseDecodeError",
    "ResponseTooLargeError",
    "RetryEvent",
    "RetryPolicy",
    "Rows",
    "ServerError",
    "SummedRows",
    "UnexpectedStatusError",
    "UnknownFieldWarning",
    "UnknownResult",
    "UnknownResultWarning",
    "UsageClient",
    "UsageQuery",
    "sum_amounts",
]

_MODULE_OF = {name: "errors" for name in __all__ if name.endswith(("Error", "Warning"))} | {
    "Archive": "archive.archive",
    "ArchiveTable": "archive.archive_table",
    "AsyncItemList": "item_list",
    "AsyncUsageClient": "client",
    "AsyncUsageQuery": "query",
    "DIRECTORY": "_generated",
    "ItemList": "item_list",
    "ListOperation": "_generated",
    "ListRequest": "_generated",
    "NamedKey": "directory.names",
    "NameLookup": "named_rows",
    "NamedProject": "directory.names",
    "NamedRow": "named_rows",
    "NamedUser": "directory.names",
    "Names": "directory.names",
    "OPERATIONS": "_generated",
    "Operation": "_generated",
    "PageEvent": "hooks",
    "Request": "_generated",
    "RetryEvent": "hooks",
    "RetryPolicy": "http.retry",
    "Rows": "rows",
    "SummedRows": "rows",
    "UnknownResult": "_generated",
    "UsageClient": "client",
    "UsageQuery": "query",
    "sum_amounts": "money",
}


def __getattr__(name: str) -> object:
    return _imported(name, package=__name__, module_of=_MODULE_OF)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
