"""An archive in a bucket of an object store, reached through the file systems of pyarrow.

An object appears whole when it has been written. There is no renaming: a move copies, and then removes.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from ...errors import ArchiveError
from ...printable import clean, shorten
from ...tables.optional_imports import ArrowFileSystem, require
from .layout import refuse_other_contents
from .lease import Lease

_PLAIN_OPTIONS = frozenset({"endpoint_override", "region", "scheme"})
"""Of what a URL says after its `?`, all else may be secret."""
_SHORTEST = 4
"""Characters of a secret: to leave out what is shorter would leave out parts of words."""


class ObjectStore:
    """A `Storage` in a bucket, whose lock is a `Lease`."""

    def __init__(
        self,
        file_system: ArrowFileSystem,
        root: str,
        *,
        location: str,
        secrets: tuple[str, ...] = (),
        clock: Callable[[], float],
        lease_seconds: float,
    ) -> None:
        self._file_system = file_system
        self._root = root.rstrip("/")
        self._location = location
        self._secrets = secrets
        self._lease = Lease(self, clock=clock, seconds=lease_seconds)

    @classmethod
    def of(cls, url: str, *, clock: Callable[[], float], lease_seconds: float) -> Self:
        """The store at `url`.

        Raises:
            ArchiveError: nothing can be made of the URL.
            MissingExtraError: pyarrow is not installed.
        """
        location, secrets = _public_part(url), _secrets_of(url)
        try:
            file_system, root = _from_url(url)
        except (ValueError, NotImplementedError, OSError) as error:
            reason = _without(str(error).replace(url, location), secrets)
            raise ArchiveError(f"{location} cannot be opened: {reason}") from None
        return cls(
            file_system,
            root,
            location=location,
            secrets=secrets,
            clock=clock,
            lease_seconds=lease_seconds,
        )

    @property
    def location(self) -> str:
        """The URL without credentials and options."""
        return self._location

    def read(self, path: str) -> bytes:
        """As `Storage` says. pyarrow asks for the size first, and the object may be replaced in between."""
        while True:
            with self._errors("read"), self._file_system.open_input_file(self._path(path)) as stream:
                content: bytes = stream.read()
            if self.size(path) == len(content):
                return content

    def write(self, path: str, content: bytes) -> None:
        self._lease.check_time()
        self.put(path, content)

    def put(self, path: str, content: bytes) -> None:
        """As `write`, for the lease as well.

        A stream that is left before all was written to it still makes an object. Ctrl-C comes to the main
        thread alone, so another one writes.
        """
        with self._errors("written"), ThreadPoolExecutor(1) as thread:
            thread.submit(self._write, self._path(path), content).result()

    def place(self, source: str, target: str) -> None:
        """As `Storage` says. It takes one request; to remove objects one by one takes three for each."""
        self._lease.check_time()
        try:
            with self._errors("written"):
                self._file_system.copy_file(self._path(source), self._path(target))
        except ArchiveError:
            if self.size(source) is None:
                raise FileNotFoundError(source) from None
            raise

    def remove(self, path: str) -> None:
        self._lease.check_time()
        with self._errors("written"), contextlib.suppress(FileNotFoundError):
            self._file_system.delete_file(self._path(path))

    def remove_folder(self, folder: str) -> None:
        self._lease.check_time()
        with self._errors("written"):
            self._file_system.delete_dir_contents(self._path(folder), missing_dir_ok=True)

    def size(self, path: str) -> int | None:
        with self._errors("read"):
            found = self._file_system.get_file_info(self._path(path))
        return found.size if found.is_file else None

    def sizes(self, folder: str = "") -> dict[str, int]:
        return {
            path: size
            for path, size in self._entries(folder, below=True).items()
            if size is not None and not any(part.startswith(".") for part in path.split("/"))
        }

    @contextlib.contextmanager
    def writer_lock(self) -> Generator[None]:
        refuse_other_contents(self._location, self._entries("", below=False))
        with self._lease.held():
            yield

    def check_lock(self) -> None:
        self._lease.check()

    def dataset_filesystem(self) -> tuple[ArrowFileSystem, str]:
        return self._file_system, self._root

    def _path(self, path: str) -> str:
        return f"{self._root}/{path}".rstrip("/")

    def _write(self, path: str, content: bytes) -> None:
        with self._file_system.open_output_stream(path) as stream:
            stream.write(content)

    def _entries(self, folder: str, *, below: bool) -> dict[str, int | None]:
        """Bytes by path; None for folders."""
        selector = require("pyarrow.fs").FileSelector(
            self._path(folder), allow_not_found=True, recursive=below
        )
        with self._errors("read"):
            found = self._file_system.get_file_info(selector)
        start = len(self._root) + 1
        return {each.path[start:]: each.size if each.is_file else None for each in found}

    @contextlib.contextmanager
    def _errors(self, done: str) -> Generator[None]:
        """Say errors of the store in a sentence without secrets; FileNotFoundError stays what it is."""
        try:
            yield
        except FileNotFoundError:
            raise
        except (OSError, ValueError, NotImplementedError) as error:
            text = str(error)
            if "NO_SUCH_KEY" in text:
                raise FileNotFoundError("it has gone meanwhile") from None
            reason = _without(text.partition("AWS Error ")[2] or text, self._secrets)
            raise ArchiveError(f"{self._location} cannot be {done}: {reason}") from None


def _from_url(url: str) -> tuple[ArrowFileSystem, str]:
    """The file system of `url` and the path in it. A small object takes one request where that can be."""
    from_uri: Callable[[str], tuple[ArrowFileSystem, str]] = require("pyarrow.fs").FileSystem.from_uri
    if url.startswith("s3://"):
        with contextlib.suppress(ValueError):
            return from_uri(f"{url}{'&' if '?' in url else '?'}allow_delayed_open=true")
    return from_uri(url)


def _public_part(url: str) -> str:
    """`url` without what may be secret. All before an `@` may be, but for a container of Azure.

    Raises:
        ArchiveError: an `@` follows a `?` or `#`, so that any part may belong to a secret.
    """
    scheme, _, rest = url.partition("://")
    plain = re.split("[?#]", rest, maxsplit=1)[0]
    if "@" in rest[len(plain) :]:
        raise ArchiveError(
            f"{scheme}://… cannot be opened: in a secret write %40 for @, %23 for # and %3F for ?"
        )
    access, found, place = plain.rpartition("@")
    if found and scheme.startswith("abfs"):
        account, _, path = place.partition("/")
        place = f"{account}/{access.partition(':')[0]}/{path}"
    return clean(f"{scheme}://{place}".rstrip("/"))


def _secrets_of(url: str) -> tuple[str, ...]:
    """What of `url` must not be shown, as it stands there and as it is meant."""
    try:
        parts = urlsplit(url)
        found = [parts.password or ""]
    except ValueError:
        return ()
    if not parts.scheme.startswith("abfs"):
        found.append(parts.username or "")
    found += [value for name, value in parse_qsl(parts.query) if name not in _PLAIN_OPTIONS]
    return tuple({each for text in found for each in (text, unquote(text)) if len(each) >= _SHORTEST})


def _without(text: str, secrets: tuple[str, ...]) -> str:
    """`text` on one line, without `secrets`."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    return shorten(clean(text))


__all__ = ["ObjectStore"]
