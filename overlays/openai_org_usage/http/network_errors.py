"""What an exception of the system, of TLS or of httpx means: which of our errors, why, and what to do.

The one place where foreign exceptions become ours: of a request, of the loop that it runs on, and of the
doctor's checks. What is said of one names the variable or the limit that is to blame, where there is one.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Iterator

import attrs
import httpx

from .._generated import holds_key, redacted
from ..errors import APIConnectionError, APITimeoutError, ConfigurationError
from ..interpreter_exit import is_ending, used_at_the_end
from ..printable import clean
from .proxies import Proxy

NETWORK_ERRORS: tuple[type[Exception], ...] = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    ArithmeticError,
    ExceptionGroup,
    MemoryError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What surroundings may raise; anything else is a mistake in a program, and is not taken for an answer."""

_NETWORK = "check address and network, or, behind a proxy, set HTTPS_PROXY"
_NOBODY = "nothing listens there: correct the base URL, or, behind a proxy, set HTTPS_PROXY"
_FILES = (errno.EMFILE, errno.ENFILE)
_MEMORY = (errno.ENOMEM, errno.ENOBUFS)
_PLAIN = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG")
_NO_NAME = ("getaddrinfo", "Name or service", "nodename", "name resolution")


@attrs.frozen
class Cause:
    """Why it failed, what to do, and the error that says so."""

    reason: str
    advice: str
    kind: type[APIConnectionError | ConfigurationError] = APIConnectionError

    def error(self, subject: str) -> APIConnectionError | ConfigurationError:
        """Our error; `subject` is how its sentence begins."""
        return self.kind(f"{subject}: {self.reason}; {self.advice}")


def reason_and_advice(said: str) -> tuple[str, str]:
    """The two halves of what an error says that was made of a cause."""
    reason, _, advice = said.rpartition("; ")
    return (reason, advice) if reason else (advice, _NETWORK)


def cause_of(error: BaseException, *, proxy: Proxy | None = None) -> Cause:
    """The cause of `error`, which was raised on the way through `proxy`."""
    found = list(_chain(error))
    return (
        _shutting_down(found)
        or _limit(found)
        or _address(found)
        or _name(found, proxy)
        or _certificate(found)
        or _tls(found)
        or _connection(error, found, proxy)
    )


def stripped(error: Exception, *, url: str) -> Exception | None:
    """`error` without frames, causes and headers, all of which would show the key to a debugger.

    None where its own text does, as when a server has put the key into a line that is no HTTP.
    """
    if isinstance(error, httpx.RequestError):
        error.request = httpx.Request("GET", url)
    error.__cause__ = error.__context__ = None
    if any(holds_key(text) for text in (str(error), repr(error.args), repr(vars(error)))):
        return None
    return error.with_traceback(None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error`, what it was raised from, and the members of groups."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        members: tuple[BaseException, ...] = getattr(each, "exceptions", ())
        waiting += [*members, *filter(None, (each.__cause__, each.__context__))]


def _shutting_down(found: list[BaseException]) -> Cause | None:
    if not is_ending() or not any(isinstance(each, RuntimeError) for each in found):
        return None
    reason, advice = reason_and_advice(str(used_at_the_end()))
    return Cause(reason, advice, ConfigurationError)


def _limit(found: list[BaseException]) -> Cause | None:
    numbers = {each.errno for each in found if isinstance(each, OSError)}
    unresolved = any(isinstance(each, socket.gaierror) for each in found)
    if numbers & {*_FILES} or (unresolved and not _can_open_a_file()):
        return Cause(
            "too many files are open",
            "raise the limit (ulimit -n), or let fewer requests be under way (concurrency)",
        )
    if numbers & {*_MEMORY} or any(isinstance(each, MemoryError) for each in found):
        return Cause("there is no memory left", "free some, or raise the limit (ulimit -v)")
    if any(isinstance(each, RuntimeError) and "start new thread" in str(each) for each in found):
        return Cause(
            "no further thread can be started",
            "raise the limit of processes and threads (ulimit -u), or free memory",
        )
    return None


def _can_open_a_file() -> bool:
    """Whether one more can be opened: a resolver that cannot says only that there is no answer."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno not in _FILES
    return True


def _address(found: list[BaseException]) -> Cause | None:
    if any(isinstance(each, OverflowError) and "port" in str(each) for each in found):
        advice = "correct the base URL: ports are 1 to 65535"
        return Cause("there is no such port", advice, ConfigurationError)
    if any(isinstance(each, (httpx.InvalidURL, httpx.UnsupportedProtocol)) for each in found):
        return Cause("the address cannot be used", "correct the base URL", ConfigurationError)
    return None


def _name(found: list[BaseException], proxy: Proxy | None) -> Cause | None:
    kinds = (socket.gaierror, UnicodeError)
    unresolved = [each for each in found if isinstance(each, kinds) or any(t in str(each) for t in _NO_NAME)]
    if not unresolved:
        return None
    whose = f" of {proxy}" if proxy else ""
    check = proxy.variable if proxy else "the base URL"
    further = "" if proxy else ", or, behind a proxy, set HTTPS_PROXY"
    return Cause(
        f"the name{whose} cannot be resolved ({_of_name(unresolved[-1])})",
        f"check the name in {check} and the DNS{further}",
    )


def _of_name(error: BaseException) -> str:
    return "a part of it is empty or too long" if isinstance(error, UnicodeError) else _said(error)


def _certificate(found: list[BaseException]) -> Cause | None:
    said = next((str(each) for each in found if "CERTIFICATE_VERIFY_FAILED" in str(each).upper()), None)
    if said is None:
        return None
    if "expired" in said or "not yet valid" in said:
        return Cause(_clipped(said), "have the certificate renewed, or set this machine's clock right")
    if "mismatch" in said or "not valid for" in said:
        return Cause(_clipped(said), "the certificate belongs to another name: correct the base URL")
    return Cause(
        _clipped(said),
        "the certificate is not trusted: a proxy may replace it, then let SSL_CERT_FILE name the file of "
        "its authority, or the machine's clock is wrong",
    )


def _tls(found: list[BaseException]) -> Cause | None:
    failure = next((each for each in found if isinstance(each, ssl.SSLError) or "[SSL" in str(each)), None)
    if failure is None:
        return None
    if any(name in str(failure) for name in _PLAIN):
        return Cause(
            f"the TLS handshake failed, as plain http is spoken there ({_said(failure)})",
            "correct scheme or port in the base URL (http is for this machine only)",
        )
    return Cause(
        f"the TLS handshake failed ({_said(failure)})",
        "something on the way may not let it through: check proxies, firewalls and OPENSSL_CONF",
    )


def _connection(error: BaseException, found: list[BaseException], proxy: Proxy | None) -> Cause:
    reason = _said(error)
    if isinstance(error, httpx.TimeoutException):
        return Cause(reason, "try again, or allow more time (timeout, deadline)", APITimeoutError)
    if isinstance(error, httpx.ProxyError):
        return _refusal_of_proxy(reason, proxy)
    if isinstance(error, RuntimeError):
        return Cause(reason, "use one client for each event loop, and close it there", ConfigurationError)
    numbers = {each.errno for each in found if isinstance(each, OSError) and each.errno}
    if isinstance(error, httpx.ConnectError) and numbers:
        reason = ", ".join(sorted(map(os.strerror, numbers)))
    if proxy and isinstance(error, httpx.TransportError):
        return Cause(f"{reason}, by way of {proxy}", f"check {proxy.variable}, and that the proxy runs")
    if isinstance(error, httpx.RemoteProtocolError):
        return Cause(
            reason, "try again, or correct the base URL: what listens there may speak TLS, or no HTTP"
        )
    return Cause(reason, _NOBODY if errno.ECONNREFUSED in numbers else _NETWORK)


def _refusal_of_proxy(reason: str, proxy: Proxy | None) -> Cause:
    variable = proxy.variable if proxy else "HTTPS_PROXY"
    advice = f"check {variable}, and whether the proxy lets this address through"
    if reason.startswith("407"):
        advice = f"the proxy wants a name and password: put them into {variable} (http://name:password@host)"
    return Cause(f"{proxy or 'the proxy'} refused: {reason}", advice)


def _said(error: BaseException) -> str:
    text = str(error)
    return _clipped(text) if text else type(error).__name__


def _clipped(text: str) -> str:
    """`text` as it can be shown, without an end of its own or what would part reason and advice."""
    return clean(redacted(text, echoed=True)).rstrip(".;").replace("; ", ", ")
