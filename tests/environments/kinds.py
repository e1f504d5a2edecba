"""All kinds of environments: those of the network, and of this machine, its terminal, language and Python."""

from __future__ import annotations

from .kind import Kind, with_variable
from .network_kinds import NETWORK_KINDS

_KEYS = with_variable(
    "OPENAI_ADMIN_KEY",
    {
        "none": None,
        "empty": "",
        "of a project": "sk-proj-0123456789abcdef",
        "of a service account": "sk-svcacct-0123456789abcdef",
        "with a line end": "sk-admin-0123456789\n",
        "in quotes": '"sk-admin-0123456789"',
    },
    broken="OPENAI_ADMIN_KEY",
)
_NUMBERS = [
    Kind(name="26 digits of timeout", options=("--timeout", "9" * 26), library=("timeout", "9" * 26)),
    Kind(name="1e300 retries", options=("--max-retries", "1" + "0" * 26), library=("timeout", "1e300")),
    Kind(
        name="endless timeout", options=("--timeout", "1e400"), library=("timeout", "inf"), broken="timeout"
    ),
    Kind(
        name="no number of seconds",
        options=("--timeout", "nan"),
        library=("timeout", "nan"),
        broken="timeout",
    ),
]
_LIMITS = [
    Kind(name="few descriptors", preparation="few_descriptors"),
    Kind(name="no core files", preparation="no_core_files"),
    Kind(name="8 GiB of addresses", preparation="much_address_space", starts_anew=True),
    Kind(name="descriptors used up", preparation="use_up_descriptors", broken="too many files"),
    Kind(name="threads used up", preparation="no_threads", broken="thread"),
    Kind(
        name="no emulator installed",
        preparation="without_the_emulator",
        options=("--emulator",),
        spares_the_library=True,
        broken="[emulator]",
    ),
]
_FOLDERS = [
    Kind(name="a working directory that is gone", preparation="deleted_folder"),
    Kind(name="a working directory that cannot be written", preparation="read_only_folder"),
    Kind(name="a strict umask", preparation="strict_umask"),
    *with_variable("HOME", {"none": None, "missing": "/missing"}),
    *with_variable("TMPDIR", {"missing": "/missing"}, starts_anew=True),
    *with_variable("PATH", {"none": None, "empty": ""}),
    *with_variable("XDG_CONFIG_HOME", {"missing": "/missing"}),
]
_TERMINALS = [
    *with_variable("COLUMNS", {"0": "0", "1": "1", "no number": "wide", "none": None, "negative": "-5"}),
    *with_variable("LINES", {"0": "0"}),
    *with_variable("TERM", {"dumb": "dumb", "none": None, "unknown": "teletype"}),
    *with_variable("NO_COLOR", {"1": "1"}),
    *with_variable("FORCE_COLOR", {"1": "1"}),
]
_LOCALES = [
    *with_variable(
        "LC_ALL", {"C": "C", "POSIX": "POSIX", "UTF-8": "C.UTF-8", "unknown": "xx_XX.UTF-8"}, starts_anew=True
    ),
    *with_variable("LANG", {"Turkish": "tr_TR.UTF-8"}, starts_anew=True),
    *with_variable("PYTHONIOENCODING", {"ascii": "ascii", "latin-1": "latin-1:strict"}, starts_anew=True),
    *with_variable(
        "PYTHONUTF8", {"0": "0"}, starts_anew=True, more={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    ),
    *with_variable(
        "TZ",
        {"Kathmandu": "Asia/Kathmandu", "nonsense": ":/no/such", "empty": "", "far east": "XXX-24"},
        starts_anew=True,
    ),
]
_PYTHON = [
    *(Kind(name=f"python {' '.join(flags)}", flags=flags) for flags in (
        ("-O",), ("-OO",), ("-X", "dev"), ("-W", "error"), ("-I",), ("-E",), ("-s",), ("-B",), ("-u",),
        ("-bb",), ("-P",), ("-X", "utf8=0"), ("-X", "dev", "-W", "error", "-bb"),
    )),
    *with_variable("PYTHONOPTIMIZE", {"2": "2"}, starts_anew=True),
    *with_variable("PYTHONWARNINGS", {"error": "error"}, starts_anew=True),
    *with_variable("PYTHONDONTWRITEBYTECODE", {"1": "1"}, starts_anew=True),
    *with_variable("PYTHONASYNCIODEBUG", {"1": "1"}, starts_anew=True),
    *with_variable("PYTHONMALLOC", {"debug": "debug"}, starts_anew=True),
    *with_variable("PYTHONFAULTHANDLER", {"1": "1"}, starts_anew=True),
    Kind(name="a coroutine that blocks", script="nested"),
]  # fmt: skip
_STREAMS = [
    Kind(name="standard input closed", closed=(0,)),
    Kind(name="standard output closed", closed=(1,)),
    Kind(name="standard error closed", closed=(2,)),
    Kind(name="all closed", closed=(0, 1, 2)),
    Kind(name="standard output full", full=(1,)),
    Kind(name="standard error full", full=(2,)),
]
KINDS = [
    Kind(name="nothing special"),
    *NETWORK_KINDS,
    *_KEYS,
    *_NUMBERS,
    *_LIMITS,
    *_FOLDERS,
    *_TERMINALS,
    *_LOCALES,
    *_PYTHON,
    *_STREAMS,
]
