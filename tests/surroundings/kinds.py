"""The kinds of surroundings: what is set, whether that is broken, and what the doctor must say then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

EMULATOR = "http://127.0.0.1:{emulator}/v1"
SECURED = "https://127.0.0.1:{secured}/v1"
NAMED = "https://api.test/v1"
"""Which only the proxy knows."""
TRUSTED = {"SSL_CERT_FILE": "{folder}/authority.pem"}


@attrs.frozen(kw_only=True)
class Kind:
    """One kind.

    Attributes:
        environment: what is set; `{…}` stands for ports and the folder with certificates, None for unset.
        base_url: whom to ask.
        flags: of Python. With these, or `starts_anew`, it gets a process of its own, else a fork.
        preparation: a function of `program.py` that is called before.
        closed: which of the descriptors 0, 1 and 2 are closed.
        full: which are devices that are full.
        broken: what a problem that the doctor finds must say; None where all must be well.
        options: of the doctor and of each command.
        library: options of the client, by name.
        script: how the library is used: a function of `program.py`.
        spares_the_library: only the commands have a problem.
    """

    name: str
    environment: Mapping[str, str | None] = {}
    base_url: str = EMULATOR
    flags: tuple[str, ...] = ()
    starts_anew: bool = False
    preparation: str = ""
    closed: tuple[int, ...] = ()
    full: tuple[int, ...] = ()
    broken: str | None = None
    options: tuple[str, ...] = ()
    library: tuple[str, ...] = ()
    deadline: str = "20"
    script: str = "library"
    spares_the_library: bool = False


def _with(variable: str, values: Mapping[str, str | None], **what: Any) -> list[Kind]:
    """A kind for each of the values of one variable."""
    more: Mapping[str, str | None] = what.pop("more", {})
    return [
        Kind(name=f"{variable}: {name}", environment={**more, variable: value}, **what)
        for name, value in values.items()
    ]


_PROXIES_THAT_DO = [
    *_with("HTTPS_PROXY", {"a proxy": "http://127.0.0.1:{proxy}"}, base_url=NAMED, more=TRUSTED),
    *_with("https_proxy", {"small letters": "http://127.0.0.1:{proxy}"}, base_url=NAMED, more=TRUSTED),
    *_with("ALL_PROXY", {"for all": "http://127.0.0.1:{proxy}"}, base_url=NAMED, more=TRUSTED),
    *_with(
        "HTTPS_PROXY",
        {
            "without http": "127.0.0.1:{proxy}",
            "with a password": "http://name:p%40ss@127.0.0.1:{proxy}",
            "over TLS": "https://127.0.0.1:{secured_proxy}",
            "blanks around": " http://127.0.0.1:{proxy} ",
        },
        base_url=NAMED,
        more=TRUSTED,
    ),
    *_with(
        "NO_PROXY",
        {
            "localhost and [::1]": "localhost,[::1]",
            "networks": "10.0.0.0/8,fd00::/8",
            "a port": "example.com:8080",
            "odd": ",,;:,[,]:/,%,..",
        },
        base_url=NAMED,
        more={**TRUSTED, "HTTPS_PROXY": "http://127.0.0.1:{proxy}"},
    ),
]
_LOOPBACK_NEEDS_NO_PROXY = [
    *_with("HTTPS_PROXY", {"nobody's": "http://127.0.0.1:{refused}"}, base_url=SECURED, more=TRUSTED),
    *_with("ALL_PROXY", {"that cannot be read": "http://[::1"}, base_url=SECURED, more=TRUSTED),
    *_with("HTTP_PROXY", {"plain": "http://127.0.0.1:{refused}"}),
    *_with("ALL_PROXY", {"socks": "socks5://127.0.0.1:{refused}"}, base_url="http://localhost:{emulator}/v1"),
    *_with("NO_PROXY", {"star": "*"}, more={"ALL_PROXY": "ftp://nobody"}),
]
_PROXIES_THAT_DO_NOT = [
    *_with(
        "HTTPS_PROXY",
        {
            "no port": "http://127.0.0.1:abc",
            "port too large": "http://127.0.0.1:99999",
            "port 0": "http://127.0.0.1:0",
            "no host": "http://:3128",
            "only a scheme": "http://",
            "unknown scheme": "ftp://127.0.0.1:21",
            "half an address": "http://[::1",
            "blanks": "http://two words:80",
            "a long label": f"http://{'x' * 70}.example:80",
            "socks": "socks5://127.0.0.1:1080",
            "refused": "http://127.0.0.1:{refused}",
            "that closes": "http://127.0.0.1:{closing}",
            "that babbles": "http://127.0.0.1:{babbling}",
            "that forbids": "http://127.0.0.1:{forbidding}",
            "that wants a password": "http://127.0.0.1:{refusing}",
        },
        base_url=NAMED,
        broken="HTTPS_PROXY",
    ),
    *_with("https_proxy", {"bad": "http://127.0.0.1:x"}, base_url=NAMED, broken="https_proxy"),
    *_with("all_proxy", {"bad": "socks4://h:1"}, base_url=NAMED, broken="all_proxy"),
    *_with("ALL_PROXY", {"bad": "http://h:-1"}, base_url=NAMED, broken="ALL_PROXY"),
    *_with(
        "HTTPS_PROXY",
        {"unknown name": "http://proxy.example:1"},
        base_url=NAMED,
        preparation="no_names",
        broken="name of the proxy proxy.example:1 (HTTPS_PROXY)",
    ),
]
_CERTIFICATES = [
    *_with("SSL_CERT_FILE", {"of the authority": "{folder}/authority.pem"}, base_url=SECURED),
    *_with("SSL_CERT_DIR", {"by hash": "{folder}/hashed"}, base_url=SECURED),
    *_with("SSL_CERT_FILE", {"missing, plain http": "/missing"}),
    *_with("SSLKEYLOGFILE", {"a log": "{folder}/keys.log"}, base_url=SECURED, more=TRUSTED),
    *_with(
        "SSL_CERT_FILE",
        {
            "missing": "{folder}/missing.pem",
            "empty": "{folder}/empty.pem",
            "broken": "{folder}/broken.pem",
            "a directory": "{folder}",
        },
        base_url=SECURED,
        broken="SSL_CERT_FILE",
    ),
    *_with(
        "SSL_CERT_DIR",
        {"missing": "/missing/certs", "a file": "{folder}/authority.pem", "without hashes": "{folder}"},
        base_url=SECURED,
        broken="SSL_CERT_DIR",
    ),
    *_with(
        "SSLKEYLOGFILE",
        {"not writable": "/missing/keys.log"},
        base_url=SECURED,
        more=TRUSTED,
        broken="SSLKEYLOGFILE",
    ),
    Kind(name="a private authority", base_url=SECURED, broken="SSL_CERT_FILE"),
    Kind(
        name="a certificate for another name",
        base_url="https://127.0.0.1:{misnamed}/v1",
        environment=TRUSTED,
        broken="another name",
    ),
    Kind(
        name="an expired certificate",
        base_url="https://127.0.0.1:{expired}/v1",
        environment=TRUSTED,
        broken="clock",
    ),
]
_ADDRESSES = [
    Kind(
        name="plain http where https is expected",
        base_url="https://127.0.0.1:{emulator}/v1",
        broken="plain http",
    ),
    Kind(name="https where plain http is expected", base_url="http://127.0.0.1:{secured}/v1", broken="TLS"),
    Kind(name="nobody listens", base_url="http://127.0.0.1:{refused}/v1", broken="refused"),
    Kind(name="no such port", base_url="https://127.0.0.1:99999/v1", broken="port"),
    Kind(name="no such name", base_url=NAMED, preparation="no_names", broken="name"),
    Kind(name="a label too long", base_url=f"https://{'x' * 70}.test/v1", broken="name"),
    Kind(name="no URL", base_url="nonsense", broken="base"),
    Kind(name="plain http abroad", base_url="http://api.test/v1", broken="https"),
    Kind(name="another scheme", base_url="ftp://127.0.0.1/v1", broken="http"),
    Kind(name="no host", base_url="https:///v1", broken="base"),
    Kind(name="without the path", base_url="https://api.openai.com", broken="/v1"),
    Kind(name="credentials", base_url="https://someone:else@api.test/v1", broken="credentials"),
    Kind(
        name="a resolver that hangs a coroutine",
        base_url=NAMED,
        preparation="hanging_resolver",
        script="asynchronous",
        deadline="1",
        starts_anew=True,
        broken="within",
    ),
    Kind(
        name="a resolver that hangs",
        base_url=NAMED,
        preparation="hanging_resolver",
        deadline="1",
        starts_anew=True,
        broken="within",
    ),
]
_ODD = {
    "html": "web page",
    "forbidden-page": "web page",
    "text": "not the API",
    "redirect": "redirects to login.example",
    "not-found": "path included",
    "unauthorized": "make an admin key",
    "scopes": "api.usage.read",
    "proxy-wants-password": "password",
    "throttled": "wait",
    "quota": "billing",
    "failing": "failing",
    "yesterday": "clock",
    "garbage": "HTTP",
    "closing": "no answer",
    "endless-head": "no answer",
}
_SERVERS = [
    *(
        Kind(name=f"a server: {name}", base_url=f"http://127.0.0.1:{{odd}}/{name}/v1", broken=word)
        for name, word in _ODD.items()
    ),
    Kind(
        name="a server: silent",
        base_url="http://127.0.0.1:{odd}/silent/v1",
        deadline="0.5",
        broken="within 0.",
    ),
]
_KEYS = _with(
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
        name="26 digits of concurrency",
        options=("--concurrency", "9" * 26),
        library=("concurrency", "9" * 26),
        broken="concurrency",
    ),
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
        broken="openai-org-usage[emulator]",
    ),
]
_FOLDERS = [
    Kind(name="a working directory that is gone", preparation="deleted_folder"),
    Kind(name="a working directory that cannot be written", preparation="read_only_folder"),
    Kind(name="a strict umask", preparation="strict_umask"),
    *_with("HOME", {"none": None, "missing": "/missing"}),
    *_with("TMPDIR", {"missing": "/missing"}, starts_anew=True),
    *_with("PATH", {"none": None, "empty": ""}),
    *_with("XDG_CONFIG_HOME", {"missing": "/missing"}),
]
_TERMINALS = [
    *_with("COLUMNS", {"0": "0", "1": "1", "no number": "wide", "none": None, "negative": "-5"}),
    *_with("LINES", {"0": "0"}),
    *_with("TERM", {"dumb": "dumb", "none": None, "unknown": "teletype"}),
    *_with("NO_COLOR", {"1": "1"}),
    *_with("FORCE_COLOR", {"1": "1"}),
]
_LOCALES = [
    *_with(
        "LC_ALL", {"C": "C", "POSIX": "POSIX", "UTF-8": "C.UTF-8", "unknown": "xx_XX.UTF-8"}, starts_anew=True
    ),
    *_with("LANG", {"Turkish": "tr_TR.UTF-8"}, starts_anew=True),
    *_with("PYTHONIOENCODING", {"ascii": "ascii", "latin-1": "latin-1:strict"}, starts_anew=True),
    *_with("PYTHONUTF8", {"0": "0"}, starts_anew=True, more={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}),
    *_with(
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
    *_with("PYTHONOPTIMIZE", {"2": "2"}, starts_anew=True),
    *_with("PYTHONWARNINGS", {"error": "error"}, starts_anew=True),
    *_with("PYTHONDONTWRITEBYTECODE", {"1": "1"}, starts_anew=True),
    *_with("PYTHONASYNCIODEBUG", {"1": "1"}, starts_anew=True),
    *_with("PYTHONMALLOC", {"debug": "debug"}, starts_anew=True),
    *_with("PYTHONFAULTHANDLER", {"1": "1"}, starts_anew=True),
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
    *_PROXIES_THAT_DO,
    *_LOOPBACK_NEEDS_NO_PROXY,
    *_PROXIES_THAT_DO_NOT,
    *_CERTIFICATES,
    *_ADDRESSES,
    *_SERVERS,
    *_KEYS,
    *_NUMBERS,
    *_LIMITS,
    *_FOLDERS,
    *_TERMINALS,
    *_LOCALES,
    *_PYTHON,
    *_STREAMS,
]
