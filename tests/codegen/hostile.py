"""Names and texts that are hostile, odd, or quite ordinary, for the places of a document."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Iterator
from pathlib import Path

from hypothesis import strategies as st


def codes(canary: Path) -> list[str]:
    """Python that makes the file `canary`, and shell that does."""
    return [
        f"__import__('pathlib').Path({str(canary)!r}).touch()",
        f'__import__("pathlib").Path("{canary}").touch()',
        f"open({str(canary)!r},'w')",
    ]


def payloads(canary: Path) -> list[str]:
    """Texts that would run one of these, if they became code somewhere."""
    code, double, short = codes(canary)
    return [
        f'"""\n{code}\n"""',
        f'\\"""\n{code}\n\\"""',
        f'x""" + str({code}) + """',
        f'x"""\n    {code}\n    """',
        f'x"""\n        {code}\n        """',
        f'"""; {code} #',
        f"'''\n{code}\n'''",
        f"attrs; {code}; y",
        f"x: int = {code}",
        f"x = {short}; y",
        f"');{code};('",
        f'");{double};("',
        f"'+{code}+'",
        f'"+{double}+"',
        f"{{{{ {code} }}}}",
        f"{{% set x = {code} %}}",
        f"{{{code}}}",
        f"]; {code}; [",
        f") or {code} or (",
        f"\\\n{code}",
        f"#\n{code}",
        f"\n{code}\n",
        f"x\n\n{code}\n",
        f"x\r{code}",
        f"x\x0c\n{code}",
        f"x\u2028{code}",
        f"x\x85{code}",
        f"$(touch {canary})",
        f"`touch {canary}`",
        f"; touch {canary} #",
        f"!!python/object/apply:os.system ['touch {canary}']",
        f"Literal[{code}]",
        f"list[{short}]",
        f"lambda: {code}",
        f'https://a.example/"""\n{code}\n"""',
        f"https://a.example/'+{short}+'",
    ]


NASTY = [
    *(
        "",
        " ",
        '"',
        "'",
        '""',
        "''",
        '"""',
        "'''",
        '""""',
        'ends in "',
        'ends in """',
        '"begins',
        "\\",
        "ends in \\",
    ),
    *(
        "\\\\",
        '\\"',
        "\\n",
        "\\x41",
        "\\N{BULLET}",
        "\\u0041",
        "\\",
        "{}",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "%s %d",
        "$HOME",
    ),
    *(
        "# a comment",
        "a\nb",
        "a\n\n  b",
        "a\tb",
        "  two  blanks  ",
        "yes",
        "null",
        "~",
        "1_000",
        "1e999",
        "0x1f",
        "-",
    ),
    *(
        "*a",
        "&a",
        "<<",
        "!!str a",
        "[a]",
        "{a: b}",
        "a: b",
        "- a",
        "|",
        ">",
        "@",
        "é ü ß",
        "日本語",
        "🎉",
        "\uff46\uff55\uff4c\uff4c",
        "\u212a",
    ),
    *(
        "a\xa0b",
        "a\u200bb",
        "a\u00adb",
        "\ufeffa",
        "a\u3000b",
        "x" * 3_000,
        "word " * 600,
        "<b>&amp;</b>",
        "../../etc",
    ),
    *(
        "organization.usage.x.result",
        "page",
        "bucket",
        "decimal",
        "unix-time",
        "sum",
        "last",
        "result",
        "None",
        "True",
    ),
]
"""Texts that are odd, and harmless if they are written with care."""

UNSEEN = ["\0", "a\0b", "\x1b[2J", "a\rb", "\x9b31m", "a\u202eb", "\u2066", "a\u2028b", "\x7f", "a\x85b"]
"""Texts with what no one sees."""

ODD_NAMES = [
    *(
        "client",
        "self",
        "additional_properties",
        "__init__",
        "property",
        "x.y",
        "\uff4dodel",
        "start\uff3ftime",
        "",
        "_",
    ),
    *(
        "extra_query",
        "request",
        "class",
        "import",
        "None",
        "True",
        "async",
        "match",
        "type",
        "_private",
        "a__b",
        "a_",
    ),
    *(
        "Model",
        "Row",
        "attrs",
        "str",
        "int",
        "Any",
        "Literal",
        "1st",
        "a-b",
        "a b",
        "a[]",
        "$ref",
        "$schema",
        "ß",
        "ﬁ",
    ),
    *(
        "Start_Time",
        "START_TIME",
        "modeL",
        "amount_value",
        "CostsRow",
        "CostsResult",
        "UsageCompletionsRow",
        "Error",
    ),
    *(
        "id",
        "name",
        "format",
        "filter",
        "region",
        "tier",
        "data_residency",
        "userId",
        "end_user",
        "unit_price",
        "x" * 300,
    ),
    *(
        "UsageVideosResult",
        "UsageCPUResult",
        "Usage2Result",
        "A1bResult",
        "usage-videos",
        "usageVideos",
        "get_costs",
    ),
    *(
        "VideoClips",
        "videos",
        "video_clips",
        "errors",
        "models",
        "registry",
        "types",
        "200",
        "4XX",
        "default",
    ),
]
"""Names that are hostile, awkward or quite ordinary."""


def names_in(package: Path) -> list[str]:
    """Every identifier in the code of `package`, and those that Python has."""
    return sorted({*_identifiers(package), *dir(builtins), *keyword.kwlist, *keyword.softkwlist})


def _identifiers(package: Path) -> Iterator[str]:
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for key in ("id", "attr", "arg", "name", "asname", "module"):
                value = getattr(node, key, None)
                if isinstance(value, str):
                    yield from value.split(".")


def texts(canary: Path) -> st.SearchStrategy[str]:
    """Texts of all kinds; most are to be accepted."""
    pieces = st.sampled_from([*NASTY, *payloads(canary)])
    return st.one_of(
        pieces,
        st.sampled_from(payloads(canary)),
        st.lists(pieces, min_size=2, max_size=3).map("".join),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
        st.text(st.sampled_from("\"'\\{}\n#%$`;()[] aé"), max_size=20),
        st.sampled_from(UNSEEN),
    )


def names(canary: Path, known: list[str]) -> st.SearchStrategy[str]:
    """Names of all kinds."""
    plain = st.from_regex(r"[a-z]{1,6}(_[a-z0-9]{1,6}){0,3}", fullmatch=True)
    return st.one_of(
        st.sampled_from(known),
        st.sampled_from(ODD_NAMES),
        plain,
        plain.map(lambda name: "".join(part.capitalize() for part in name.split("_"))),
        plain.map(lambda name: name.replace("_", "-")),
        st.sampled_from(known).map(lambda name: name.replace("_", "\uff3f") if "_" in name else name.upper()),
        st.sampled_from(payloads(canary)),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    )
