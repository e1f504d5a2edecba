"""`make generate`: the pinned document becomes the generated package.

openapi-python-client is driven as a library: the same parse, templates and hooks as its command,
with a view of the pinned document as one more template variable, and a few more files. Everything
is made in a folder of its own, compared with what the templates make of blanks, completed by the runtime,
imported by a process of its own, and takes the place of the old one in one step.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, TemplateError
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError

from .admission import admit
from .document import parse
from .errors import CodegenError
from .files import ROOT, replace_tree, sha256, staging
from .runtime import copy_runtime, runtime_files
from .sources import read_file
from .syntax import check_syntax
from .templating import guard
from .tree import Object
from .trial import try_package
from .view import DocumentView

PACKAGE = "openai_org_usage_generated"
CONFIG = ROOT / "generator-config.yaml"
TEMPLATES = ROOT / "overlays" / "templates"
RECORD = "inputs.json"
"""Beside the package: the hashes of all that it was made from."""

_CODE = ("code.py", "generate.py", "parts.py", "runtime.py", "templating.py", "view.py")
_OF_THE_RUNTIME = ("client.py", "errors.py", "types.py")
"""Files that the generator would make, and the runtime has."""
_NEVER_USED = DictLoader(
    dict.fromkeys((f"{name}.jinja" for name in ("int_enum.py", "str_enum.py", *_OF_THE_RUNTIME)), "")
)
"""What the generator looks for beside ours; its own templates are out of reach."""


def generate(*, pin: Path, out: Path) -> bool:
    """Make the package for `pin` in the folder `out`; return False where it was up to date.

    Raises:
        CodegenError: the pin, the configuration or a template cannot be used, the generator warned,
            or the package is not what it should be; `out` is as it was.
    """
    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (out / RECORD).is_file())):
        raise CodegenError(f"{out} holds something else than generated code: choose another OUT")
    with generated(pin) as fresh:
        if out.is_dir() and not differences(fresh, out):
            return False
        try_package(fresh, PACKAGE)
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            with staging(out) as stage:
                replace_tree(Path(shutil.copytree(fresh, stage / out.name)), out)
        except OSError as error:
            raise CodegenError(f"cannot write {out}: {error.strerror}") from error
    return True


@contextlib.contextmanager
def generated(pin: Path) -> Generator[Path]:
    """A temporary folder with what `pin` generates: the package and the record of its inputs."""
    try:
        data = read_file(pin)
    except CodegenError as error:
        raise CodegenError(f"cannot read the pin: {error}; `make pin` makes one") from error
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "generated"
        out.mkdir()
        _build(data, pin.name, out / PACKAGE)
        copy_runtime(out / PACKAGE)
        (out / PACKAGE / "py.typed").touch()
        (out / RECORD).write_text(json.dumps(inputs(data), indent=2) + "\n")
        yield out


def inputs(pin: bytes) -> dict[str, object]:
    """Versions and hashes of everything that the generated code is made from."""
    code = [ROOT / "codegen" / name for name in _CODE]
    files = [*sorted(TEMPLATES.rglob("*.jinja")), *runtime_files(), *code]
    hashes = {"openapi.yaml": sha256(pin), CONFIG.name: sha256(CONFIG.read_bytes())}
    hashes |= {path.relative_to(ROOT).as_posix(): sha256(path.read_bytes()) for path in files}
    return {
        "made by": "make generate",
        "openapi-python-client": version("openapi-python-client"),
        "ruff": version("ruff"),
        "sha256": hashes,
    }


def differences(fresh: Path, committed: Path) -> list[str]:
    """How the tree `committed` differs from `fresh`: files changed, missing and new."""
    left, right = _files(fresh), _files(committed)
    lines = [f"missing: {name}" for name in sorted(left.keys() - right.keys())]
    lines += [f"not generated: {name}" for name in sorted(right.keys() - left.keys())]
    lines += [f"changed: {name}" for name in sorted(left.keys() & right.keys()) if left[name] != right[name]]
    return lines


class _Project(Project):
    """The generator's project with this one's templates, filters and extra files."""

    def __init__(self, document: Object, parsed: GeneratorData, config: Config) -> None:
        super().__init__(openapi=parsed, config=config)
        self.env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), _NEVER_USED])
        self._view = DocumentView(document, parsed)
        variables: dict[str, Any] = {"document": self._view}
        self.env.globals.update(variables)
        self._filters = guard(self.env)
        self._made: dict[str, str] = {}

    def render(self, package: Path, *, blank: bool = False) -> dict[str, str]:
        """Make the package in the folder `package`: its files as they were before the hooks formatted them.

        With `blank`, every text is another one, and nothing is formatted.
        """
        self.project_dir = self.package_dir = package
        self._filters.blank = blank
        with _tools_on_path(), contextlib.redirect_stdout(io.StringIO()):
            _refuse(self.build())
        return self._made

    def _run_post_hooks(self) -> None:
        for name in _OF_THE_RUNTIME:
            (self.package_dir / name).unlink()
        self._write("document.py")
        for group in (self._view.usage, self._view.directory):
            (self.package_dir / group.folder).mkdir()
            self._write(f"{group.folder}/__init__.py", template="operations_init.py.jinja", group=group)
            for operation in group.operations:
                path = f"{group.folder}/{operation.name}.py"
                self._write(path, template="operation.py.jinja", group=group, operation=operation)
        self._made = _python_in(self.package_dir)
        if not self._filters.blank:
            super()._run_post_hooks()

    def _write(self, path: str, *, template: str = "", **variables: object) -> None:
        text = self.env.get_template(template or f"{path}.jinja").render(variables)
        (self.package_dir / path).write_text(text, encoding=self.config.file_encoding)


def _build(data: bytes, name: str, package: Path) -> None:
    document = parse(data, name)
    admit(document)
    blank = package.with_name("blank")
    try:
        project = _project(document, name, package)
        check_syntax(
            made=project.render(package), final=_python_in(package), blank=project.render(blank, blank=True)
        )
    except CodegenError:
        raise
    except TemplateError as error:
        raise CodegenError(f"a template fails: {type(error).__name__}: {error}") from error
    except Exception as error:  # Whatever the generator, which knows no such document, makes of it.
        raise CodegenError(
            f"{name} is not of the form that code can be made of: {type(error).__name__}: {error}"
        ) from error
    shutil.rmtree(blank)


def _project(document: Object, name: str, package: Path) -> _Project:
    config = Config.from_sources(
        ConfigFile.load_from_path(CONFIG),
        MetaType.NONE,
        package,
        "utf-8",
        overwrite=False,
        output_path=package,
    )
    parsed = GeneratorData.from_dict(document, config=config)
    if isinstance(parsed, GeneratorError):
        raise CodegenError(f"openapi-python-client cannot read {name}: {parsed.header} {parsed.detail}")
    endpoints = parsed.endpoint_collections_by_tag.values()
    _refuse([*parsed.errors, *(error for found in endpoints for error in found.parse_errors)])
    return _Project(document, parsed, config)


def _refuse(problems: Sequence[GeneratorError]) -> None:
    """Turn the generator's warnings into an error: it goes on without what it warns of."""
    if problems:
        lines = [f"{p.header} {p.detail or ''}".strip() for p in problems]
        raise CodegenError(
            "openapi-python-client warned, and a warning means missing code: " + "; ".join(lines)
        )


@contextlib.contextmanager
def _tools_on_path() -> Generator[None]:
    """Let the generator find the ruff that is installed beside it, whether or not activated."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _python_in(folder: Path) -> dict[str, str]:
    return {path: text.decode() for path, text in _files(folder).items() if path.endswith(".py")}


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
