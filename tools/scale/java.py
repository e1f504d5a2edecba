"""Spark runs on Java, which no package registry of Python has: it is looked for before anything is set up."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

LOWEST = 17
_VERSION = re.compile(r'version "(\d+)')
_NEEDED = (
    f"make scale needs Java {LOWEST} or newer, on the PATH or in JAVA_HOME; on Debian and Ubuntu: "
    f"apt-get install openjdk-{LOWEST}-jre-headless"
)


def problem_with_java() -> str | None:
    """What keeps Spark from running here; None if nothing does."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None:
        return f"there is no java: {_NEEDED}"
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    except OSError as error:
        return f"{java} cannot be run ({error.strerror}): {_NEEDED}"
    found = _VERSION.search(done.stderr + done.stdout)
    if found is None or done.returncode:
        return f"{java} does not say which version it is: {_NEEDED}"
    return None if int(found[1]) >= LOWEST else f"{java} is of version {found[1]}: {_NEEDED}"


if __name__ == "__main__":
    if problem := problem_with_java():
        print(problem, file=sys.stderr)
        raise SystemExit(2)
