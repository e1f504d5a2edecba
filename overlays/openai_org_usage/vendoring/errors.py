"""Why vendoring fails, each reason with the exit code of the command."""

from __future__ import annotations

from .._generated import OpenAIUsageError
from .exit_codes import CopyState


class VendoringError(OpenAIUsageError):
    """Nothing was copied; the message says why and what to do.

    Attributes:
        exit_code: what the command exits with.
    """

    exit_code: int = 1


class InsideProjectError(VendoringError):
    """The target lies in the project that is copied, or the other way round."""

    exit_code = 10


class NotAFolderError(VendoringError):
    """A file or a link stands where a folder is needed."""

    exit_code = 11


class NoPermissionError(VendoringError):
    """The target may not be read or written."""

    exit_code = 12


class InvalidNameError(VendoringError):
    """The package could not be imported under this name."""

    exit_code = 13


class ManifestError(VendoringError):
    """The copy's manifest was edited by hand, is cut short, or of a form that is not known here."""

    exit_code = 14


class NotACopyError(VendoringError):
    """The target is a folder without a manifest: somebody else's, or a truncated copy."""

    exit_code = 15


class CopyExistsError(VendoringError):
    """There is a copy already."""

    exit_code = 16


class NoCopyError(VendoringError):
    """There is no copy to check or update."""

    exit_code = 17


class UpdateRefusedError(VendoringError):
    """An update would lose local changes, or replace a newer version; `state` says which.

    Attributes:
        state: what the copy is; also the exit code.
        lines: every difference, a line each.
    """

    def __init__(self, message: str, *, state: CopyState, lines: list[str]) -> None:
        super().__init__("\n  ".join([message, *lines]))
        self.state = state
        self.exit_code = int(state)
        self.lines = lines
