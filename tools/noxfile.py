"""The suite in all its settings: sources and wheel, other moments, other Pythons, lowest versions.

The Makefile calls the sessions; `python -m nox -f tools/noxfile.py --list` shows them. What a session
leaves out is long and tests the same whatever the session varies; `make test` runs everything once.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import IO

import nox

from tools.clocks import CLOCKS

ROOT = Path(__file__).parents[1]
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
TESTS = ROOT / "tests"
CONSTRAINTS = ROOT / "constraints.txt"
CURRENT = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHONS = [version for version in ("3.11", "3.12", "3.13", "3.14", "3.14t") if version != CURRENT]
_MOMENTS = {
    "3.11": "month-end",
    "3.12": "new-year",
    "3.13": "leap-day",
    "3.14": "decade-on",
    "3.14t": "decade-on",
}

WORKERS = str((os.cpu_count() or 1) + 1)
"""One more than there are cores, as tests wait for programs and answers."""
ALONE = ("documented", "contract")
"""They count what their process has open, or add up what they find: no other tests run in it."""
ONCE = (
    *("benchmarks", "codegen", "connectors", "display", "documented", "environments", "live", "referees"),
    *("regenerating", "test_documentation.py", "test_metamorphic.py", "test_redaction.py"),
    *("cli/sync/test_process.py", "cli/archived", "cli/test_archive_pages.py"),
    *("cli/test_docs.py", "cli/test_odd_values.py", "cli/test_report_names.py", "cli/test_streams.py"),
    *("cli/test_terminated.py", "cli/test_verdicts.py"),
    *("contract/test_inputs.py", "contract/test_secrets.py"),
    *("report/stories", "report/test_budget_properties.py", "report/test_collecting.py"),
    *("report/test_explanation.py", "report/test_filters.py", "report/test_forecast.py"),
    *("report/test_in_a_browser.py", "report/test_sizes.py", "tables/test_decimal128.py"),
    *("tables/test_killed.py", "tables/test_names.py", "tables/test_page.py"),
    *("vendoring/test_killed.py", "vendoring/test_refusals.py"),
)
"""Long, and about nothing that a session varies."""
SAME_IN_A_WHEEL = (
    *("archive", "contract", "emulator/test_fault_meaning.py", "generated", "report/test_view.py"),
    *("cli/test_narrow_tables.py", "cli/test_output_files.py", "cli/test_overview.py"),
    *("cli/test_pictures.py", "cli/test_ranges.py", "cli/test_report.py", "cli/test_report_parts.py"),
    "cli/test_workbooks.py",
    *("tables/test_atomic_files.py", "tables/test_equality.py", "tables/test_readers.py"),
    *("tables/test_split_buckets.py", "tables/test_writing.py"),
)
"""At another moment, too."""
NOT_IN_A_WHEEL = shutil.ignore_patterns("codegen", "regenerating", "test_documentation.py", "__pycache__")
SAME_ON_ANY_PYTHON = ("archive", "cli", "emulator", "report", "tables", "vendoring", "test_architecture.py")
NEWEST_ONLY = ("contract",)
SAME_AT_THE_FLOORS = (
    *("contract", "emulator", "key_costs", "vendoring", "test_architecture.py", "test_demo.py", "cli/sync"),
    *("cli/test_every_command.py", "cli/test_overview.py", "cli/test_ranges.py", "cli/test_report.py"),
    "cli/test_report_parts.py",
)

ENGINES = {"dlt", "spark"}
"""Extras whose lowest versions are not tried: they are hundreds of megabytes."""
NOT_AT_THE_FLOORS = {"fastapi"}
"""Tools of tests that want a newer starlette; tests that need them are skipped."""

nox.options.sessions = ["suite"]
nox.options.error_on_missing_interpreters = False  # They are listed as skipped.
nox.options.download_python = "never"
nox.options.envdir = str(ROOT / ".nox")
_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
os.environ["PATH"] = os.pathsep.join([*map(str, sorted(_pyenv.glob("versions/*/bin"))), os.environ["PATH"]])


@nox.session(python=False)
def suite(session: nox.Session) -> None:
    """Everything, from the sources."""
    _test(session, sys.executable)


@nox.session(python=False)
@nox.parametrize("clock", list(CLOCKS), ids=list(CLOCKS))
def clock(session: nox.Session, clock: str) -> None:
    """Everything, at another moment."""
    _test(session, sys.executable, env=CLOCKS[clock].environment())


@nox.session
def wheel(session: nox.Session) -> None:
    """The built wheel at another moment: what could notice either.

    The tests are copied out of the repository, so that nothing else answers an import; with them what they
    read, such as the documentation.
    """
    session.chdir(ROOT)
    folder = Path(session.create_tmp())
    _run(session, sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    _install(session, f"{built}[demo]", *_groups("test"))
    copy = folder / "tests"
    shutil.copytree(TESTS, copy, ignore=NOT_IN_A_WHEEL)
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=NOT_IN_A_WHEEL)
    for name in ("Makefile", "README.md", "openapi.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    session.chdir(folder)
    own = {"PYTHONPATH": str(copy / "clock"), "TESTING_WHEEL": "1"}
    left_out = (*ONCE, *SAME_IN_A_WHEEL)
    _test(session, "python", left_out, tests=copy, env={**CLOCKS["month-end"].environment(), **own})


@nox.session(python=PYTHONS)
def pythons(session: nox.Session) -> None:
    """The client on another Python, at another moment; that the drift check passes shows equal bytes."""
    session.chdir(ROOT)
    _install(session, "--editable", ".[demo]", *_groups("codegen", "test"))
    _run(session, "python", "-m", "codegen", "check")
    version = str(session.python)
    left_out = (*ONCE, *SAME_ON_ANY_PYTHON, *(NEWEST_ONLY if version != "3.13" else ()))
    _test(session, "python", left_out, env=CLOCKS[_MOMENTS[version]].environment())


@nox.session(python="3.11")
def floors(session: nox.Session) -> None:
    """The client with the lowest version that pyproject.toml promises of each, at yet another moment."""
    session.chdir(ROOT)
    lowest = dict(_floors())
    exact = [line for line in CONSTRAINTS.read_text().splitlines() if _name(line) not in {*lowest, *_OLDER}]
    constraints = Path(session.create_tmp()) / "constraints.txt"
    constraints.write_text("\n".join([*(f"{name}=={floor}" for name, floor in lowest.items()), *exact]))
    extras = ",".join(sorted(PROJECT["project"]["optional-dependencies"].keys() - ENGINES))
    tools = [line for line in _groups("test") if _name(line) not in lowest.keys() | NOT_AT_THE_FLOORS]
    _install(session, "--editable", f".[{extras}]", *tools, constraints=constraints)
    session.log(", ".join(f"{name} {floor}" for name, floor in lowest.items()))
    # The lowest versions leave the socket of a cancelled request to the collector, which says so.
    options = ("-W", "ignore::pytest.PytestUnraisableExceptionWarning")
    left_out = (*ONCE, *SAME_AT_THE_FLOORS)
    _test(session, "python", left_out, options=options, env=CLOCKS["decade-on"].environment())


def _test(
    session: nox.Session,
    python: str,
    left_out: Iterable[str] = (),
    *,
    tests: Path = TESTS,
    options: Iterable[str] = (),
    env: Mapping[str, str] | None = None,
) -> None:
    """Run pytest with several workers, and beside it, in a process of its own, what counts there.

    The tests of a file run on one worker, which makes what they share once.
    """
    left_out = {*left_out}
    if missing := [name for name in left_out if not (TESTS / name).exists()]:
        session.error(f"left out, but not there: {', '.join(missing)}")
    alone = [str(tests / name) for name in ALONE if name not in left_out and (tests / name).is_dir()]
    ignored = [f"--ignore={tests / name}" for name in sorted(left_out)]
    elsewhere = [f"--ignore={tests / name}" for name in ALONE]
    pytest = (python, "-m", "pytest", *options, *ignored)
    with _beside(session, *pytest, *alone, env=env) if alone else nullcontext():
        _run(session, *pytest, *elsewhere, "-n", WORKERS, "--dist", "loadfile", str(tests), env=env)


@contextmanager
def _beside(session: nox.Session, *command: str, env: Mapping[str, str] | None) -> Generator[None]:
    """Run it meanwhile; what it said is printed in the end."""
    with ThreadPoolExecutor() as thread, TemporaryFile("w+") as output:
        running = thread.submit(_run, session, *command, env=env, output=output)
        try:
            yield
        finally:
            wait([running])
            output.seek(0)
            print(output.read(), flush=True)
        running.result()


def _run(
    session: nox.Session,
    *command: str,
    env: Mapping[str, str] | None = None,
    output: IO[str] | None = None,
) -> None:
    """Run it; its temporary files lie outside of the repository, as a user's would.

    A `make` that a test starts has nothing to do with the one that started the session, and its jobs.
    """
    own = {"PYTHONPATH": "", "PIP_CONSTRAINT": str(CONSTRAINTS), "TMPDIR": gettempdir(), "MAKEFLAGS": ""}
    session.run(*command, env={**own, **(env or {})}, external=True, stdout=output)


def _install(session: nox.Session, *packages: str, constraints: Path = CONSTRAINTS) -> None:
    session.install("--constraint", str(constraints), *packages)


def _groups(*names: str) -> list[str]:
    return list(nox.project.dependency_groups(PROJECT, *names))


_REQUIREMENT = re.compile(r"(?P<name>[\w-]+)>=(?P<floor>[\d.]+)(,<\S+)?")
_OLDER = ("numpy", "polars-runtime-32")
"""Not as in constraints.txt: they come with pandas and polars, in the versions that those want."""


def _floors() -> Iterator[tuple[str, str]]:
    """The lowest version promised of each requirement, those of the extras too."""
    project = PROJECT["project"]
    written = chain(project["dependencies"], *project["optional-dependencies"].values())
    for one in sorted({line for line in written if not line.startswith(project["name"])}):
        if (match := _REQUIREMENT.fullmatch(one)) is None:
            raise SystemExit(f"{one!r} in pyproject.toml needs a floor, as in attrs>=24.2")
        yield match["name"], match["floor"]


def _name(requirement: str) -> str:
    return re.split(r"[<>=]", requirement)[0].lower()
