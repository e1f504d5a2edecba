"""A Postgres server of one test's own, where its programs are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("initdb", "pg_ctl")


def is_installed() -> bool:
    """Whether the programs are there, and an account that they may run under."""
    return all(map(shutil.which, PROGRAMS)) and (os.geteuid() != 0 or _unprivileged() is not None)


@contextmanager
def postgres_server() -> Generator[str]:
    """The address of a server with one empty database; nothing that it wrote is left afterwards."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder, port = Path(name), _free_port()
        data, account = folder / "data", _unprivileged() if os.geteuid() == 0 else None
        if account is not None:
            shutil.chown(folder, account, pwd.getpwnam(account).pw_gid)
        _run("initdb", "--no-sync", "--auth=trust", "--username=tester", f"--pgdata={data}", account=account)
        options = f"-F -c listen_addresses=127.0.0.1 -c port={port} -k {folder}"
        _run("pg_ctl", "start", "-w", "-D", data, "-l", folder / "log", "-o", options, account=account)
        try:
            yield f"postgresql://tester:trusted@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data, account=account)


def _run(program: str, *arguments: str | Path, account: str | None) -> None:
    found = shutil.which(program)
    assert found is not None
    subprocess.run([found, *arguments], user=account, cwd="/", check=True, stdout=subprocess.DEVNULL)


def _unprivileged() -> str | None:
    """An account for a program that refuses to run as root."""
    known = {each.pw_name for each in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
