"""Chromium, headless, driven over its DevTools pipe: to see a page as people do. No library is needed."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

EXECUTABLE = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
Json = dict[str, Any]

_SILENT = (
    "--headless=new",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--remote-debugging-pipe",
)


@attrs.frozen
class Seen:
    """What happened while a page was shown."""

    requests: list[str]
    """The URLs asked for, the page's own among them."""
    complaints: list[str]
    """Console messages and log entries."""
    picture: bytes
    """PNG."""
    paper: bytes
    """PDF."""
    overflow: int
    """By how many pixels the page is wider than the window."""


class Browser:
    """One running browser with one page."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._buffer = b""
        self._number = 0
        self._events: list[Json] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = str(attached["sessionId"])
        for domain in ("Page", "Network", "Log", "Runtime"):
            self._ask(f"{domain}.enable")

    def show(self, page: Path, *, width: int, dark: bool = False, script: bool = False) -> Seen:
        """Open `page` and take pictures of it."""
        size = self.open(page, width=width, dark=dark, script=script)
        picture = self._ask("Page.captureScreenshot", captureBeyondViewport=False)["data"]
        paper = self._ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"]
        return Seen(
            [event["params"]["request"]["url"] for event in self._of("Network.requestWillBeSent")],
            [json.dumps(event["params"]) for event in self._complaints()],
            base64.b64decode(picture),
            base64.b64decode(paper),
            int(size["width"]) - width,
        )

    def open(self, page: Path, *, width: int, dark: bool = False, script: bool = False) -> Json:
        """Open `page` in a window of `width` pixels, JavaScript switched off unless `script`: its size."""
        self._events.clear()
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])
        self._ask("Emulation.setScriptExecutionDisabled", value=not script)
        self._resize(width, 900)
        self._ask("Page.navigate", url=page.as_uri())
        self._until("Page.loadEventFired")
        size: Json = self._ask("Page.getLayoutMetrics")["cssContentSize"]
        self._resize(width, int(size["height"]))
        return size

    def measure(self, expression: str) -> Any:
        """What `expression` is, or promises, on the page that is shown; scripts have to be switched on."""
        found = self._ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return found["result"].get("value")

    def press(self, key: str) -> None:
        """Press and leave a key of the keyboard, such as `Tab`."""
        code = {"Tab": 9, "ArrowLeft": 37, "ArrowRight": 39}[key]
        for kind in ("rawKeyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def close(self) -> None:
        """Let it end by itself, so that it leaves nothing half written."""
        self._call("Browser.close")

    def _complaints(self) -> list[Json]:
        kinds = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [event for kind in kinds for event in self._of(kind)]

    def _of(self, method: str) -> list[Json]:
        return [event for event in self._events if event.get("method") == method]

    def _resize(self, width: int, height: int) -> None:
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def _ask(self, method: str, **parameters: Any) -> Json:
        return self._call(method, session=self._session, **parameters)

    def _call(self, method: str, *, session: str | None = None, **parameters: Any) -> Json:
        self._number += 1
        message: Json = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: Json = answer["result"]
                return result

    def _until(self, method: str) -> None:
        while not self._of(method):
            self._read()

    def _read(self) -> Json:
        while b"\0" not in self._buffer:
            chunk = os.read(self._answers, 1 << 16)
            if not chunk:
                raise RuntimeError("the browser has gone")
            self._buffer += chunk
        message, self._buffer = self._buffer.split(b"\0", 1)
        decoded: Json = json.loads(message)
        self._events.append(decoded)
        return decoded


@contextmanager
def browser() -> Generator[Browser, None, None]:
    """A running browser, with a profile of its own that goes with it."""
    assert EXECUTABLE is not None
    read_commands, commands = os.pipe()
    answers, write_answers = os.pipe()
    with tempfile.TemporaryDirectory(prefix="report-browser-", ignore_cleanup_errors=True) as profile:
        # Its sandbox does not run for root, as in containers.
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        pipes = f'exec 3<&{read_commands} 4>&{write_answers}; exec "$@"'
        process = subprocess.Popen(
            ["bash", "-c", pipes, "sh", EXECUTABLE, *_SILENT, *root, f"--user-data-dir={profile}"],
            pass_fds=(read_commands, write_answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_commands)
        os.close(write_answers)
        try:
            opened = Browser(commands, answers)
            yield opened
            opened.close()
        except BaseException:
            process.terminate()
            raise
        finally:
            process.wait()
            os.close(commands)
            os.close(answers)
