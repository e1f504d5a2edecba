"""The pictures in docs/pictures show what the commands print now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ..pages import DOCS

FOLDER = DOCS / "pictures"
NAMES = sorted(path.stem for path in FOLDER.glob("*.svg"))

pytestmark = pytest.mark.skipif(not NAMES, reason="the documentation is not shipped")


def texts(svg: str) -> list[str]:
    """What stands in a picture, piece by piece."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_shows_what_is_printed(name: str) -> None:
    """Its text, so that another version of what draws it makes no difference; else: `make pictures`."""
    from tools.pictures import PICTURES, draw, printed

    (picture,) = (picture for picture in PICTURES if picture.name == name)
    committed = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert texts(committed) == texts(draw(picture, printed(picture)))
    assert picture.title.split() == texts(committed)[0].replace("&#160;", " ").split()


def test_no_picture_is_missing_or_left_over() -> None:
    """Each has a command, and each command its picture."""
    from tools.pictures import PICTURES

    assert sorted(picture.name for picture in PICTURES) == NAMES


def test_drawing_again_changes_no_byte() -> None:
    """For the same output."""
    from tools.pictures import PICTURES, draw, printed

    help_text = next(picture for picture in PICTURES if picture.name == "help")
    text = printed(help_text)
    assert draw(help_text, text) == draw(help_text, text)
    assert text.count("\n") > 30


def test_pictures_need_no_network() -> None:
    """They name no address but that of SVG itself."""
    for name in NAMES:
        found = re.findall(r"https?://[^\"'\s)]*", (FOLDER / f"{name}.svg").read_text(encoding="utf-8"))
        assert set(found) == {"http://www.w3.org/2000/svg"}


def test_the_photographs_are_of_the_report_of_now(tmp_path: Path) -> None:
    """Word for word and figure for figure; else: `make pictures`, with Chromium."""
    from tools.report_picture import SIZES, description, digest, write_page

    taken = {path.stem: description(path.read_bytes()) for path in FOLDER.glob("*.png")}
    assert taken == dict.fromkeys(SIZES, digest(write_page(tmp_path)))


def test_without_a_browser_they_are_left_as_they_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no error, and what is needed is said."""
    from tools.report_picture import main

    monkeypatch.setenv("PATH", "")
    assert main() == 0
    assert "they need Chromium" in capsys.readouterr().out
