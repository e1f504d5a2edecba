"""The maintainers' programs show no key, where one stands among their words or in their files."""

from __future__ import annotations

import importlib
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from codegen.__main__ import main as codegen
from openai_org_usage.terminal.commands import run_command
from openai_org_usage.vendoring.copying import check, vendor
from openai_org_usage.vendoring.errors import VendoringError

from ..contract.canary import FORMS, trace_of
from ..contract.key_leaks import places
from ..scripted import KEY

PROGRAMS = (
    "codegen.__main__",
    "benchmarks.__main__",
)
WORDS = ("{}", "--{}", "--only={}", "pin {}", "pin --pin {}", "generate --out={}", "diff x --against {}")


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_word_of_a_program_shows_a_key(
    program: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is wrong usage, before anything is read or written."""
    main: Any = importlib.import_module(program).main
    for put in FORMS.values():
        for line in WORDS:
            words = [word.format(put(KEY)) for word in line.split()]
            monkeypatch.setattr(sys, "argv", [program, *words])
            with pytest.raises(SystemExit) as ended:
                main()
            said = capsys.readouterr()
            assert (ended.value.code, trace_of(said.out + said.err)) == (2, None), words


@pytest.mark.parametrize("put", FORMS.values(), ids=list(FORMS))
def test_no_document_shows_a_key(put: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong with it is told without what looks like one."""
    key = put(KEY)
    for number, document in enumerate(
        (
            key,
            {key: key},
            {"openapi": key},
            {"openapi": "3.1.0", "info": {"title": key, "version": key}, "paths": {f"/{key}": {"get": key}}},
            {"openapi": "3.1.0", "paths": {"/organization/costs": {"get": {"$ref": key}}}},
        )
    ):
        path = tmp_path / f"{number}.yaml"
        path.write_text(json.dumps(document), "utf-8")
        words = ["pin", str(path), "--pin", str(tmp_path / "pin.yaml")]
        assert run_command(partial(codegen, words), debug=True) != 0
        said = capsys.readouterr()
        assert trace_of(said.out + said.err) is None, document


def test_no_manifest_of_a_copy_shows_a_key(tmp_path: Path) -> None:
    """Whatever member it stands in."""
    target, _ = vendor(tmp_path)
    path = target / "VENDORED.json"
    members: dict[str, Any] = json.loads(path.read_bytes())
    for name in members:
        for put in FORMS.values():
            path.write_text(json.dumps({**members, name: put(KEY)}), "utf-8")
            with pytest.raises(VendoringError) as caught:
                check(tmp_path)
            shown = [text for place, text in places(caught.value).items() if "locals" not in place]
            assert [trace for text in shown if (trace := trace_of(text))] == []
