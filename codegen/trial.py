"""The generated package tried in a process of its own, before it takes the place of the old one.

The process has no environment to speak of, and little time and memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .errors import CodegenError

_SECONDS = 25
_BYTES = 2**30
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMPDIR", "LD_LIBRARY_PATH")
"""Of the environment: what Python may need to start. No key is there to be read."""

_PROGRAM = """
import importlib, pkgutil, sys

folder, name, seconds, size = sys.argv[1:]
try:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds),) * 2)
    resource.setrlimit(resource.RLIMIT_AS, (int(size),) * 2)
except (ImportError, OSError, ValueError):
    pass  # Such limits are not known everywhere; the caller's clock is.
sys.path.insert(0, folder)
package = importlib.import_module(name)
for module in pkgutil.walk_packages(package.__path__, name + "."):
    importlib.import_module(module.name)
for export in package.__all__:
    getattr(package, export)
for operation in package.OPERATIONS.values():
    operation.row_type.columns()
for operation in (*package.OPERATIONS.values(), *package.DIRECTORY.values()):
    try:
        package.decode_page(operation.page_type, b"{}", operation=operation.name)
    except package.ResponseDecodeError:
        pass  # The body is no page. That it was read at all shows that its classes can be used.
"""


def try_package(folder: Path, name: str) -> None:
    """Import every module of the package `name` in `folder`, and read a body with each of its classes.

    Raises:
        CodegenError: that fails, or takes too long; the message is Python's last line.
    """
    arguments = [str(folder), name, str(_SECONDS), str(_BYTES)]
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-B", "-c", _PROGRAM, *arguments],
            env={key: os.environ[key] for key in _KEPT if key in os.environ},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise CodegenError(f"importing the generated package takes more than {_SECONDS} s") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit {done.returncode}"]
        raise CodegenError(f"the generated package cannot be imported: {said[-1]}; nothing was written")
