"""The two entry points: make or renew a copy, and tell what has become of one."""

from __future__ import annotations

import contextlib
import errno
import keyword
import sys
import unicodedata
from collections.abc import Generator, Mapping
from pathlib import Path

from ..tables.atomic_files import recover, replace_tree, staging, undone
from .comparison import CopyComparison, compare
from .contents import CopyKind, CopySource, installed
from .errors import (
    CopyExistsError,
    InsideProjectError,
    InvalidNameError,
    ManifestError,
    NoCopyError,
    NoPermissionError,
    NotAFolderError,
    UpdateRefusedError,
    VendoringError,
)
from .exit_codes import CopyState
from .manifest import FILE_NAME, Manifest, read_manifest


def vendor(
    dest: Path,
    *,
    name: str | None = None,
    kind: CopyKind = CopyKind.WHOLE,
    update: bool = False,
    force: bool = False,
    source: CopySource | None = None,
) -> tuple[Path, bool]:
    """Copy the package to `dest/name`; return where it is, and False if it was up to date there.

    The target appears, or changes, in one step: it is the old or the new at any moment. An update
    keeps the kind that the copy has.

    Args:
        dest: a folder, made if need be.
        name: what the package is called there; by default as it is installed.
        kind: how much to copy.
        update: renew the copy that is there.
        force: even if local changes, or a newer version, are lost by it.
        source: what to copy; by default what is installed.

    Raises:
        VendoringError: nothing was written; see its subclasses.
    """
    source = source or installed()
    target = _target(dest, name, kind, source)
    with _explained(target):
        _require_folders(target)
        if target.parent.is_dir():
            recover(target)
        if not update:
            return _make(target, kind, source), True
        kind = _kind_of(target, kind, force=force)
        if not force and not _is_behind(compare(target, source), target):
            return target, False
        _write(target, _with_manifest(source, kind))
    return target, True


def check(dest: Path, *, name: str | None = None, kind: CopyKind = CopyKind.WHOLE) -> CopyComparison:
    """What has become of the copy at `dest/name`; nothing is written.

    Raises:
        VendoringError: there is no copy there, or its manifest cannot be used.
    """
    source = installed()
    target = _target(dest, name, kind, source)
    with _explained(target):
        _require_folders(target)
        _kind_of(target, kind, force=False)
        return compare(target, source)


def _target(dest: Path, name: str | None, kind: CopyKind, source: CopySource) -> Path:
    name = source.default_name(kind) if name is None else name
    _check_name(name)
    try:
        target = dest.resolve() / name
    except (OSError, RuntimeError, ValueError) as error:  # A link that leads to itself; NUL.
        raise NotAFolderError(f"{dest} cannot be followed: {error}") from error
    if source.surrounds(target):
        raise InsideProjectError(f"{target} is inside the project that is copied: choose another DEST")
    return target


def _check_name(name: str) -> None:
    """Refuse what Python, which reads names in normal form, cannot import."""
    if not name.isidentifier() or keyword.iskeyword(name) or unicodedata.normalize("NFKC", name) != name:
        raise InvalidNameError(f"{name!r} is no name that Python can import")


def _check_hidden(target: Path, source: CopySource) -> None:
    """Refuse a name that is Python's own or of a requirement where programs may look for those first."""
    taken = target.name in sys.stdlib_module_names or target.name in source.imported_names
    if taken and not (target.parent / "__init__.py").exists():
        raise InvalidNameError(
            f"{target.name!r} would hide a module of that name that the copy needs: choose another --name, "
            f"or make {target.parent} a package by an __init__.py"
        )


def _require_folders(target: Path) -> None:
    for path in (target, *target.parents):
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            raise NotAFolderError(f"{path} is a file or a link where a folder should be")


def _make(target: Path, kind: CopyKind, source: CopySource) -> Path:
    if target.exists():
        read_manifest(target)
        raise CopyExistsError(f"{target} is a vendored copy already: renew it with --update")
    _check_hidden(target, source)
    with _parents(target):
        _write(target, _with_manifest(source, kind))
    return target


def _kind_of(target: Path, kind: CopyKind, *, force: bool) -> CopyKind:
    """The kind of the copy that is there; `kind` where its manifest is spoilt and `force` is given."""
    if not target.exists():
        raise NoCopyError(f"there is no copy at {target}: make one without --update and --check")
    try:
        found = read_manifest(target).kind
    except ManifestError:
        if force:
            return kind
        raise
    if kind is CopyKind.GENERATED and found is not kind:
        raise VendoringError(f"{target} is a copy of the whole library: remove it first, or choose --name")
    return found


def _is_behind(found: CopyComparison, target: Path) -> bool:
    """Whether an update is due.

    Raises:
        UpdateRefusedError: it would lose something.
    """
    if found.would_lose:
        message = f"{target} has changes that an update would lose; --force overwrites them:"
        raise UpdateRefusedError(message, state=found.state, lines=found.lines())
    return found.state is not CopyState.UP_TO_DATE


def _with_manifest(source: CopySource, kind: CopyKind) -> dict[str, bytes]:
    files = source.files(kind)
    return files | {FILE_NAME: Manifest.of(source, kind, files).to_bytes()}


def _write(target: Path, files: Mapping[str, bytes]) -> None:
    with staging(target) as stage:
        new = stage / target.name
        for name, data in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        replace_tree(new, target)


@contextlib.contextmanager
def _parents(target: Path) -> Generator[None]:
    """Make the folders above `target`; should anything fail, remove those again."""
    missing = [folder for folder in target.parents if not folder.exists()]

    def remove() -> None:
        for folder in missing:
            with contextlib.suppress(OSError):
                folder.rmdir()

    try:
        with undone(remove):
            target.parent.mkdir(parents=True, exist_ok=True)
            yield
    except BaseException:
        remove()
        raise


@contextlib.contextmanager
def _explained(target: Path) -> Generator[None]:
    """Turn the system's errors into ours, which name the path and have an exit code."""
    try:
        yield
    except OSError as error:
        path = error.filename or target
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            raise NoPermissionError(f"no permission for {path}: {error.strerror}") from error
        if isinstance(error, (NotADirectoryError, FileExistsError)):
            raise NotAFolderError(f"{path} is a file where a folder should be") from error
        raise VendoringError(f"cannot use {path}: {error.strerror}") from error
