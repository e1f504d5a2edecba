"""What a vendored copy consists of, and where it comes from: the installed distribution."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

import attrs

from .. import __version__
from .._generated import PROVENANCE, Operation
from .errors import VendoringError

DISTRIBUTION: Final = "openai-org-usage"

LEFT_OUT: Final = {
    "_generated.py": "the generated package itself takes its place, as the folder `_generated`",
    "__main__.py": "runs the command",
    "cli": "the command belongs to the installed distribution",
    "connectors": "needs the extras `dlt` and `spark`, whose engines load it from what is installed",
    "demo.py": "needs the extra `demo`",
    "emulator": "needs the extra `emulator`",
    "pytest_plugin.py": "needs the extra `pytest`, and an entry point",
    "report": "needs the extra `report` for its pages and its terminal form",
    "terminal": "for commands",
    "vendoring": "copies what is installed, which a copy is not",
}
"""What of the package is not copied, and why; all else is, and needs the runtime requirements alone."""

_BYTECODE = re.compile(r"__pycache__|.*\.py[co]")


class CopyKind(StrEnum):
    """How much is copied."""

    WHOLE = "whole"
    """The library, with the generated package inside."""
    GENERATED = "generated"
    """The generated package alone."""


@attrs.frozen
class CopySource:
    """What copies are made from."""

    package: Path
    """The folder of the hand-written package."""
    generated: Path
    """The folder of the generated package."""
    version: str
    spec: Mapping[str, str]
    """Where the document behind the generated package comes from."""
    requires_python: str
    requirements: tuple[str, ...]
    """At run time, without the extras."""
    license: str
    """Its full text."""

    def files(self, kind: CopyKind) -> dict[str, bytes]:
        """The content of each file of a copy, by its path in it; all of it is read now."""
        if kind is CopyKind.GENERATED:
            return _read(self.generated)
        generated = _read(self.generated).items()
        own = {name: data for name, data in _read(self.package).items() if name.split("/")[0] not in LEFT_OUT}
        return own | {f"_generated/{name}": data for name, data in generated}

    def default_name(self, kind: CopyKind) -> str:
        """What the copied package is called where it is installed."""
        return (self.package if kind is CopyKind.WHOLE else self.generated).name

    @property
    def imported_names(self) -> set[str]:
        """What the requirements are imported as, and `attr`, as which one of them is, too."""
        return {"attr", *(re.split(r"[^\w-]", line)[0].replace("-", "_") for line in self.requirements)}

    def surrounds(self, target: Path) -> bool:
        """Whether `target` is in what is copied, around it, or in the repository that it is made in."""
        folders = [self.package, self.generated]
        if any(target.is_relative_to(folder) or folder.is_relative_to(target) for folder in folders):
            return True
        root = self.package.parent.parent
        checkout = self.package.parent.name == "overlays" and (root / "pyproject.toml").is_file()
        return checkout and target.is_relative_to(root)


def installed() -> CopySource:
    """The distribution that this module belongs to.

    Raises:
        VendoringError: it runs from a folder and is not installed, so its metadata is unknown.
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        raise VendoringError(f"{DISTRIBUTION} is not installed, so its requirements are unknown") from None
    license_text = found.read_text("licenses/LICENSE") or found.read_text("LICENSE")
    if license_text is None:
        raise VendoringError(f"the installed {DISTRIBUTION} lacks its licence text: install it anew")
    return CopySource(
        package=Path(__file__).resolve().parent.parent,
        generated=Path(inspect.getfile(Operation)).resolve().parent,
        version=__version__,
        spec=dict(PROVENANCE),
        requires_python=found.metadata["Requires-Python"],
        requirements=tuple(line for line in found.requires or () if not re.search(r";.*\bextra\b", line)),
        license=license_text,
    )


def content_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Path in `folder` and path of each file, sorted; bytecode is no content.

    A link to a folder counts as a file, and is not followed.
    """
    for path in sorted(folder.iterdir()):
        if _BYTECODE.fullmatch(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from ((f"{path.name}/{name}", inner) for name, inner in content_files(path))
        else:
            yield path.name, path


def _read(folder: Path) -> dict[str, bytes]:
    """The content of each file of an installed package; what editors hide in it is not the package's."""
    files = content_files(folder)
    return {name: path.read_bytes() for name, path in files if not re.search(r"(^|/)\.", name)}
