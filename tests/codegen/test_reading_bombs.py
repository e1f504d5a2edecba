"""Files that would take all time or memory: refused with a sentence, in a process that is held to little."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from codegen.__main__ import main
from codegen.document import read_upstream
from codegen.errors import CodegenError
from codegen.files import ROOT

from . import toy

SECONDS = 30
BYTES = 2**30
SMALL = 1_000
"""Bytes of a document that cannot crash a process; larger ones get one of their own."""
HELD = f"""
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, ({BYTES},) * 2)
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS},) * 2)
from codegen.__main__ import main
code = main(sys.argv[1:])
from pathlib import Path
status = Path("/proc/self/status")
peak = [line for line in status.read_text().splitlines() if "VmHWM" in line] if status.exists() else []
print("peak", *peak, f"{{time.process_time():.1f}} s")
raise SystemExit(code)
"""
HEAD = b"openapi: 3.1.0\n"


def aliases(levels: int, width: int) -> bytes:
    """Lists of aliases of lists of aliases."""
    lines = [b"a0: &a0 [x]"]
    for level in range(1, levels):
        repeated = b", ".join([f"*a{level - 1}".encode()] * width)
        lines.append(f"a{level}: &a{level} [".encode() + repeated + b"]")
    return HEAD + b"\n".join(lines)


def with_toy(text: str) -> bytes:
    """The toy document with `text` at its end."""
    return toy.path_of("new").read_bytes() + text.encode()


def as_yaml(document: toy.Json) -> bytes:
    """`document` as a file."""
    text: str = yaml.dump(document, Dumper=yaml.CSafeDumper)
    return text.encode()


def many_schemas(count: int) -> bytes:
    """A document whose bucket has `count` properties."""
    document = toy.toy()
    bucket = document["components"]["schemas"]["UsageTimeBucket"]["properties"]
    bucket |= {f"p{number}": {"type": "string"} for number in range(count)}
    return as_yaml(document)


def many_paths(count: int) -> bytes:
    """A document with `count` endpoints."""
    document = toy.toy()
    for number in range(count):
        document["paths"][f"/organization/usage/p{number}"] = document["paths"][toy.COMPLETIONS]
    return as_yaml(document)


def chain(length: int) -> bytes:
    """A document whose errors refer through `length` schemas."""
    links = [
        f"    L{n}: {{type: object, properties: {{n: {{$ref: '#/components/schemas/L{n + 1}'}}}}}}\n"
        for n in range(length)
    ]
    text = toy.path_of("new").read_text()
    text = text.replace("type: {type: string}", "type: {$ref: '#/components/schemas/L0'}", 1)
    return (
        text + "".join(links) + f"    L{length}: {{type: object, properties: {{n: {{type: string}}}}}}\n"
    ).encode()


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a billion laughs": (lambda: aliases(30, 10), "more than 1,000,000 values, aliases counted"),
    "a long row of aliases": (lambda: aliases(60, 2), "more than 1,000,000 values, aliases counted"),
    "a list that holds itself": (lambda: HEAD + b"a: &a [*a]", "the alias *a, which refers to itself"),
    "a mapping that holds itself": (lambda: HEAD + b"a: &a {b: *a}", "the alias *a, which refers to itself"),
    "an alias of nothing": (lambda: HEAD + b"a: *b", "the alias *b, which refers to itself or to nothing"),
    "an alias as a key": (lambda: HEAD + b"a: &a b\n*a : c", "a key that is no string"),
    "deep aliases": (lambda: aliases(80, 1), "more than 64 levels"),
    "deep lists": (lambda: HEAD + b"a: " + b"[" * 200_000, "more than 64 levels"),
    "deep mappings": (lambda: HEAD + b"a: " + b"{a: " * 200_000, "more than 64 levels"),
    "deep keys": (lambda: HEAD + b"? " * 200_000 + b"a", "a key that is no string"),
    "deep blocks": (
        lambda: HEAD + b"".join(b" " * n + b"a:\n" for n in range(1_000)),
        "more than 64 levels",
    ),
    "deep dashes": (lambda: HEAD + b"a:\n  " + b"- " * 100_000, "more than 64 levels"),
    "a tag of Python's": (lambda: HEAD + b"a: !!python/object/apply:os.system [date]", "the tag "),
    "a tag of YAML's": (
        lambda: HEAD + b"a: !!binary aGk=",
        "the tag 'tag:yaml.org,2002:binary' stands in line 2",
    ),
    "a tag of its own": (lambda: HEAD + b"a: !thing {}", "the tag '!thing' stands"),
    "a set": (lambda: HEAD + b"a: !!set {b}", "the tag "),
    "a merge": (lambda: HEAD + b"a: &a {b: c}\nd: {<<: *a}", "a merge key `<<`"),
    "a key twice": (lambda: HEAD + b"'200': a\n200: b", "duplicate key '200' in line 3"),
    "a key of a list": (lambda: HEAD + b"[a]: b", "a key that is no string in line 2"),
    "a huge number": (lambda: HEAD + b"a: " + b"9" * 10_000, "a number of 10,000 characters in line 2"),
    "an infinite number": (lambda: HEAD + b"a: 1e999", "the number 1e999, which is too large,"),
    "a NUL": (lambda: HEAD + b"a: \0", "is not YAML"),
    "a surrogate": (lambda: HEAD + b'a: "\\ud800"', "is not YAML"),
    "half a surrogate": (lambda: HEAD + b"a: \xed\xa0\x80", "is not YAML"),
    "endless values": (lambda: HEAD + b"a:\n" + b"- b\n" * 2_000_000, "more than 1,000,000 values"),
    "endless prose": (lambda: HEAD + b"a: " + b"word " * 6_000_000, "is larger than 24 MiB"),
    "an endless word": (lambda: with_toy("    Z: {description: " + "x" * 10_000_000 + "}\n"), ""),
    "endless comments": (lambda: HEAD + b"# a\n" * 7_000_000, "is larger than 24 MiB"),
    "a gzip bomb": (lambda: gzip.compress(b"a" * 300_000_000, 1), "is larger than 24 MiB"),
    "gzip bombs in a row": (lambda: gzip.compress(b"a" * 10_000_000) * 300, "is larger than 24 MiB"),
    "gzip of gzip": (lambda: gzip.compress(gzip.compress(HEAD)), "is not YAML"),
    "a gzip file cut short": (lambda: gzip.compress(HEAD * 100)[:-9], "is a damaged gzip file"),
    "many properties": (lambda: many_schemas(5_000), "UsageTimeBucket has more than 4,000 values"),
    "many paths": (lambda: many_paths(2_000), "has more than 100 paths"),
    "a long chain": (lambda: chain(300), "through more than 20 others"),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str) -> None:
    """In 30 s of a processor and 1 GB there is a sentence, and no traceback and no crash."""
    make, message = BOMBS[what]
    path = tmp_path / "a.yaml"
    path.write_bytes(make())
    arguments = ["pin", str(path), "--overlays", str(toy.OVERLAYS), "--pin", str(tmp_path / "pin.yaml")]

    if path.stat().st_size < SMALL:
        code, error = main(arguments), capsys.readouterr().err
    else:
        command = [sys.executable, "-c", HELD, *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        code, error = done.returncode, done.stderr
        print(what, *done.stdout.split("peak")[-1].split())

    assert code == (1 if message else 0)
    assert error.startswith("error: " if message else "")
    assert message in error
    assert error.count("\n") == code


def test_aliases_are_copies(tmp_path: Path) -> None:
    """What an alias repeats is another object, so that correcting one does not change the other."""
    path = tmp_path / "a.yaml"
    path.write_bytes(HEAD + b"a: &a {b: [c]}\nd: *a\ne: &e text\nf: *e\n")

    document = read_upstream(str(path)).document

    assert document == {"openapi": "3.1.0", "a": {"b": ["c"]}, "d": {"b": ["c"]}, "e": "text", "f": "text"}
    assert document["a"] is not document["d"]


@pytest.mark.parametrize("name", ["folder", "gone", "nul\0"])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    """A folder or nothing is named."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(CodegenError, match="cannot read "):
        read_upstream(str(tmp_path / name))
