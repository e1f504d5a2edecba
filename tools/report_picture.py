"""The HTML report as a desktop and a phone show it: the PNG files in docs/pictures.

Chromium takes them, and its fonts differ from machine to machine. So each says in itself of which
text it was taken, and a test compares that with the report of now; it needs no browser.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from codegen.errors import CodegenError
from openai_org_usage.tables.atomic_files import write_atomically

from .pictures import FOLDER, command_of, eventful_organization

SIZES = {"report-desktop": (1280, 900), "report-phone": (375, 812)}
"""Width and height in pixels, by the name of the file."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

_SIGNATURE_AND_HEADER = 8 + 25
_KEYWORD = b"Description\0"


def main() -> int:
    """Take all of them, or say what is needed."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"left as they were: {', '.join(SIZES)} (they need Chromium: one of {', '.join(BROWSERS)})")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            page = write_page(Path(folder))
            for title, size in SIZES.items():
                png = described(_taken(browser, page, size), digest(page))
                write_atomically(FOLDER / f"{title}.png", png)
                print(f"docs/pictures/{title}.png")
        except CodegenError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
    return 0


def write_page(folder: Path) -> Path:
    """The HTML report of an emulated organization to which something happened, on the day of all examples.

    Raises:
        CodegenError: the command failed.
    """
    page = folder / "report.html"
    command = command_of(f"report --quiet --output {page.name}")
    with eventful_organization() as environment:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise CodegenError(f"the report failed: {done.stderr}")
    return page


def digest(page: Path) -> str:
    """Of the words and figures of a page: how it looks may change without a photograph being wrong."""
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def described(png: bytes, text: str) -> bytes:
    """The same picture, with a text in it."""
    body = b"tEXt" + _KEYWORD + text.encode("latin-1")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_SIGNATURE_AND_HEADER] + chunk + png[_SIGNATURE_AND_HEADER:]


def description(png: bytes) -> str:
    """The text in a picture; empty if it has none."""
    start = _SIGNATURE_AND_HEADER
    (length,) = struct.unpack(">I", png[start : start + 4])
    kind, body = png[start + 4 : start + 8], png[start + 8 : start + 8 + length]
    return body.removeprefix(_KEYWORD).decode("latin-1") if kind == b"tEXt" else ""


def _taken(browser: str, page: Path, size: tuple[int, int]) -> bytes:
    path = page.with_name("photograph.png")
    path.unlink(missing_ok=True)
    options = ["--headless", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1"]
    own = [f"--user-data-dir={page.parent / 'profile'}", "--no-sandbox"]  # It reads nothing but our page.
    shot = [f"--screenshot={path}", f"--window-size={size[0]},{size[1]}", page.as_uri()]
    done = subprocess.run([browser, *options, *own, *shot], capture_output=True, text=True, check=False)
    if done.returncode or not path.is_file():
        raise CodegenError(f"{browser} took no picture: {done.stderr[-500:]}")
    return path.read_bytes()


if __name__ == "__main__":
    raise SystemExit(main())
