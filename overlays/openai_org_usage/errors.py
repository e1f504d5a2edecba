"""Everything that the library raises, as one tree; each class answers what the caller should do::

    OpenAIUsageError
    ├── ConfigurationError           the client cannot be made so: correct the key, URL or option
    ├── InvalidParameterError        the call is wrong, nothing was sent: correct the argument
    ├── APIConnectionError           no answer came: check the network, try again
    │   └── APITimeoutError          none came in time: try again, or allow more
    ├── APIStatusError               the API refused: see `status`, `code`, `request_id`
    │   ├── BadRequestError          400: correct the call
    │   │   └── LookbackExceededError    the start is too long ago: begin at `earliest_start`
    │   ├── AuthenticationError      401: use a valid admin key
    │   ├── PermissionDeniedError    403, or a scope is missing: use a key that has it
    │   ├── RateLimitError           429: wait (`retry_after`), ask less often
    │   │   └── QuotaExceededError   429: waiting does not help, see the plan and billing
    │   └── ServerError              5xx: try again later
    ├── ResponseTooLargeError        a page is larger than the cap: ask for less, or raise the cap
    ├── ResponseDecodeError          the answer is not what is documented: report it
    ├── PaginationError              the pages contradict themselves: resume, or report it
    ├── InexactValueError            a table cannot hold a value exactly: ask for wider `decimals`
    ├── NamesFileError               a file of names cannot be used: the message says what to do about it
    ├── ArchiveError                 an archive cannot be used so; it was left as it is
    │   ├── ArchiveLockedError       another process writes to it: wait for that to end
    │   ├── ArchiveDamagedError      files are missing or not whole: `sync --repair` pulls them again
    │   ├── ArchiveCoverageError     it does not have what was asked for: sync that, or ask for less
    │   └── OtherOrganizationError   the key is of another organization: give it another name
    │       └── DuplicateOrganizationError  it is kept under another name: sync it under that
    └── MissingExtraError            an optional library is missing: install the extra that is named

`UnexpectedStatusError` belongs to the generated endpoint functions, `UnknownFieldWarning` and
`UnknownResultWarning` are warnings. Any error that interrupts a walk over pages carries `resume`:
`UsageClient.resume(error.resume)` continues right after what had been handed out, and for a list
`UsageClient.item_list(error.resume)`. `partial` shows what had been read and not handed out; resuming
begins with it, so do not add it yourself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from ._generated import (
    InvalidParameterError,
    OpenAIUsageError,
    ResponseDecodeError,
    UnexpectedStatusError,
    UnknownFieldWarning,
    UnknownResultWarning,
    redacted,
)

if TYPE_CHECKING:
    from pathlib import Path


class ConfigurationError(OpenAIUsageError, ValueError):
    """The client cannot be made with this key, base URL or option; the message says what is needed."""


class APIConnectionError(OpenAIUsageError, ConnectionError):
    """No answer came: the connection failed, or broke off. Check the network and try again.

    Attributes:
        attempts: how often it was tried.
    """

    def __init__(self, message: str, *, attempts: int = 1) -> None:
        super().__init__(message)
        self.attempts = attempts


class APITimeoutError(APIConnectionError, TimeoutError):
    """No answer came in time. Try again, or make the client with a longer timeout or deadline."""


class APIStatusError(OpenAIUsageError):
    """The API answered with a status other than 200.

    Attributes:
        status: the HTTP status.
        code: the API's error code, such as `invalid_api_key`; None if it gave none.
        param: the parameter that the API objects to; None if it named none.
        request_id: what OpenAI's support asks for; None if the answer had none.
        retry_after: seconds that the API asks to wait; None if it did not say.
        attempts: how often it was tried.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        param: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        attempts: int = 1,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param
        self.request_id = request_id
        self.retry_after = retry_after
        self.attempts = attempts


class BadRequestError(APIStatusError):
    """400: the API refuses the parameters. Correct the call; `param` may name the culprit."""


class LookbackExceededError(BadRequestError):
    """The start is longer ago than the API keeps (about a year), or groups so. Begin at `earliest_start`.

    Attributes:
        earliest_start: the earliest start that the API gave, in Unix seconds; None if it gave none.
    """

    earliest_start: int | None = None


class AuthenticationError(APIStatusError):
    """401: the key is not valid. Use an admin key of the organization (`sk-admin-…`)."""


class PermissionDeniedError(APIStatusError):
    """The key may not read this. Use an admin key with the scope that the message names."""


class RateLimitError(APIStatusError):
    """429: too many requests. Wait `retry_after` seconds, then ask less often."""


class QuotaExceededError(RateLimitError):
    """429 `insufficient_quota`: waiting does not help; look at the organization's plan and billing."""


class ServerError(APIStatusError):
    """5xx: the API failed. Try again later; give `request_id` to OpenAI's support if it stays."""


class ResponseTooLargeError(OpenAIUsageError):
    """A page is larger than `max_page_bytes`. Ask for fewer buckets, or make the client with more.

    Attributes:
        operation: name of the operation, such as `completions`.
    """

    def __init__(self, message: str, *, operation: str) -> None:
        super().__init__(message)
        self.operation = operation


class PaginationError(OpenAIUsageError):
    """The pages contradict themselves; to go on would lose buckets or items, or count them twice.

    `partial` and `resume` say what had been read. Resume from there, or report what the API did.

    Attributes:
        cursor: the `page` parameter of the request whose answer was refused, of a list the `after`; None
            for the first.
    """

    def __init__(self, message: str, *, cursor: str | None = None) -> None:
        super().__init__(message)
        self.cursor = cursor


class InexactValueError(OpenAIUsageError, ValueError):
    """A value has more digits than its column holds. Nothing was rounded; ask for wider `decimals`.

    Attributes:
        column: name of the column.
    """

    def __init__(self, message: str, *, column: str | None = None) -> None:
        super().__init__(message)
        self.column = column


class NamesFileError(OpenAIUsageError, ValueError):
    """A file of names cannot be read, is damaged, or is another kind of file. It was left as it is.

    Attributes:
        path: the file.
    """

    def __init__(self, message: str, *, path: Path | None = None) -> None:
        super().__init__(message if path is None else f"{redacted(str(path))} {message}")
        self.path = path


class ArchiveError(OpenAIUsageError, ValueError):
    """An archive cannot be used so: it is none, or of a newer version, or the call does not fit it.

    It was left as it is.
    """


class ArchiveLockedError(ArchiveError):
    """Another process writes to the archive. Wait for it to end; one that was killed leaves no lock."""


class ArchiveDamagedError(ArchiveError):
    """Files of the archive are missing or not whole. `sync --repair` pulls them again.

    Attributes:
        paths: the files, as they are called in the archive.
    """

    def __init__(self, message: str, *, paths: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.paths = paths


class ArchiveCoverageError(ArchiveError):
    """The archive does not have the grouping, width or time that was asked for. Sync it, or ask less."""


class OtherOrganizationError(ArchiveError):
    """The key is of another organization than what is kept under this name. Give it a name of its own."""


class DuplicateOrganizationError(OtherOrganizationError):
    """The key is of an organization that the archive keeps under another name. Sync it under that one.

    Attributes:
        kept_as: the name.
    """

    def __init__(self, message: str, *, kept_as: str = "") -> None:
        super().__init__(message)
        self.kept_as = kept_as


class MissingExtraError(OpenAIUsageError, ImportError):
    """A library that this needs is not installed; the message has the command that installs it.

    Attributes:
        extra: the extra of this distribution that brings it, such as `arrow`.
    """

    def __init__(self, message: str, *, name: str | None = None, extra: str | None = None) -> None:
        super().__init__(message, name=name)
        self.extra = extra

    @classmethod
    def of(cls, extra: str, *, purpose: str = "this", library: str | None = None) -> Self:
        """For what `purpose` needs: one line that says how to get it."""
        needed = "an extra" if library is None else f"{library}, which is not installed"
        if library is not None and "._generated." in OpenAIUsageError.__module__:
            return cls(  # A vendored copy has no extras.
                f"{purpose} needs {needed}: pip install {library}", name=library, extra=extra
            )
        from .installation import install_command

        return cls(f"{purpose} needs {needed}: {install_command(extra)}", name=library, extra=extra)


__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "ArchiveCoverageError",
    "ArchiveDamagedError",
    "ArchiveError",
    "ArchiveLockedError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "DuplicateOrganizationError",
    "InexactValueError",
    "InvalidParameterError",
    "LookbackExceededError",
    "MissingExtraError",
    "NamesFileError",
    "OpenAIUsageError",
    "OtherOrganizationError",
    "PaginationError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "RateLimitError",
    "ResponseDecodeError",
    "ResponseTooLargeError",
    "ServerError",
    "UnexpectedStatusError",
    "UnknownFieldWarning",
    "UnknownResultWarning",
]
