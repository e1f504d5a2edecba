"""What runs in an environment: one script of the library, and commands. Imports nothing of the tests.

Run as `program.py REQUEST` it does what the JSON file REQUEST says; as `program.py serve` it does so for
each path that comes on standard input, in a fork of its own, for which all is imported already.
"""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import resource
import shutil
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

Step = list[str]
SOON_ENOUGH = 120


def use_up_descriptors() -> None:
    """After some use none is left for a connection."""
    import contextlib
    import io

    library("20")
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
        command("doctor")
        command("costs", "--last", "2d")
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with contextlib.suppress(OSError):
        while True:
            os.open(os.devnull, os.O_RDONLY)


def few_descriptors() -> None:
    """Enough for one client."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))


def no_threads() -> None:
    """As where RLIMIT_NPROC is reached, which does not hold for every user."""

    def refuse(self: object) -> NoReturn:
        raise RuntimeError("can't start new thread")

    setattr(threading.Thread, "start", refuse)  # noqa: B010 - types have no word for it


def no_names() -> None:
    """A resolver that knows no name."""

    def resolve(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    socket.getaddrinfo = resolve


def hanging_resolver() -> None:
    """A resolver that does not answer for a long while."""

    def resolve(*_: object, **__: object) -> NoReturn:
        time.sleep(SOON_ENOUGH)
        raise AssertionError

    socket.getaddrinfo = resolve


def deleted_folder() -> None:
    """The working directory is gone."""
    os.makedirs("gone", exist_ok=True)
    os.chdir("gone")
    shutil.rmtree(os.getcwd())


def read_only_folder() -> None:
    """The working directory cannot be written (by anyone but root)."""
    os.makedirs("fixed", exist_ok=True)
    os.chdir("fixed")
    os.chmod(".", 0o555)


def no_core_files() -> None:
    """A limit that matters to nobody."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def much_address_space() -> None:
    """More than is needed, and not endless."""
    resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))


def strict_umask() -> None:
    """New files can be read by nobody."""
    os.umask(0o777)


def without_the_emulator() -> None:
    """Its libraries are not installed."""
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(("starlette", "uvicorn")))


PREPARATIONS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        use_up_descriptors,
        few_descriptors,
        no_threads,
        no_names,
        hanging_resolver,
        deleted_folder,
        read_only_folder,
        no_core_files,
        much_address_space,
        strict_umask,
        without_the_emulator,
    )
}


def library(deadline: str, *options: str) -> str:
    """What a program gets that reads the costs of three days: `result`, or the name of the error."""
    from openai_org_usage import OpenAIUsageError, RetryPolicy, UsageClient

    given: dict[str, Any] = dict(zip(options[::2], map(float, options[1::2]), strict=True))
    try:
        policy = RetryPolicy(max_retries=0)
        with UsageClient(deadline=float(deadline), retry=policy, **given) as client:
            list(client.costs(start_time="3d").rows())
    except OpenAIUsageError as error:
        return f"{type(error).__name__}: {error}"
    except Exception as error:
        return f"foreign {type(error).__name__}: {error}"
    return "result"


def nested(*words: str) -> str:
    """The library, used by a coroutine that blocks meanwhile, as in a notebook."""
    import asyncio

    async def main() -> str:
        return library(*words)

    return asyncio.run(main())


def asynchronous(deadline: str) -> str:
    """What the asynchronous client gets."""
    import asyncio

    from openai_org_usage import AsyncUsageClient, OpenAIUsageError, RetryPolicy

    async def main() -> str:
        policy = RetryPolicy(max_retries=0)
        async with AsyncUsageClient(deadline=float(deadline), retry=policy) as client:
            try:
                return f"result, {[row async for row in client.costs(start_time='3d').rows()]}"
            except OpenAIUsageError as error:
                return f"{type(error).__name__}: {error}"

    return asyncio.run(main())


SCRIPTS: dict[str, Callable[..., str]] = {each.__name__: each for each in (library, nested, asynchronous)}


def command(*words: str) -> int:
    """The exit code of a command."""
    from openai_org_usage.cli import main

    return main(list(words))


def carry_out(request: dict[str, Any]) -> None:
    """Do the steps, and write what came of each into the file `results`, which is opened before."""
    first = os.open(request["results"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    kept = fcntl.fcntl(
        first, fcntl.F_DUPFD, 3
    )  # Where standard streams are closed, `first` is one of theirs.
    os.close(first)
    with open(kept, "w", encoding="utf-8") as results:
        if request["preparation"]:
            PREPARATIONS[request["preparation"]]()
        outcomes: list[object] = []
        for name, *words in request["steps"]:
            outcomes.append(SCRIPTS[name](*words) if name in SCRIPTS else command(name, *words))
        results.write(json.dumps(outcomes))


def serve() -> None:
    """Do as each request says that comes, in forks."""
    for name in ("cli.doctor", "session", "query", "report"):
        importlib.import_module(f"openai_org_usage.{name}")
    for line in sys.stdin:
        with open(line.strip(), encoding="utf-8") as file:
            request = json.load(file)
        child = os.fork()
        if not child:
            _become(request)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(request: dict[str, Any]) -> NoReturn:
    status = 1
    try:
        for number, name in ((0, os.devnull), (1, request["out"]), (2, request["err"])):
            os.dup2(os.open(name, os.O_RDWR | os.O_CREAT, 0o600), number)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        carry_out(request)
        sys.stdout.flush()
        sys.stderr.flush()
        status = 0
    except BaseException as error:
        traceback.print_exception(error)
    finally:
        os._exit(status)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        with open(sys.argv[1], encoding="utf-8") as given:
            carry_out(json.load(given))
