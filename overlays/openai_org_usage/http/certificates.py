"""Whose certificates are trusted: those that SSL_CERT_FILE or SSL_CERT_DIR names, else those of certifi."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ..errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

FILE = "SSL_CERT_FILE"
DIRECTORY = "SSL_CERT_DIR"
KEY_LOG = "SSLKEYLOGFILE"
_BY_HASH = re.compile(r"[0-9a-f]{8}\.\d+")
"""How OpenSSL finds a certificate in a directory: other files in it are not read."""


def trusted_context() -> ssl.SSLContext:
    """The context for TLS, with the trusted authorities in it.

    Raises:
        ConfigurationError: it cannot be made; the variable that is to blame is named, and no value shown.
    """
    import ssl

    import httpx

    file, directory = os.environ.get(FILE), os.environ.get(DIRECTORY)
    if directory and not file and (problem := _problem_of_directory(directory)):
        raise ConfigurationError(f"{DIRECTORY} {problem}")
    try:
        if file:
            return ssl.create_default_context(cafile=file)
        if directory:
            return ssl.create_default_context(capath=directory)
        return httpx.create_ssl_context(trust_env=False)
    except (OSError, ValueError) as error:
        problem = _problem(file, error)
    raise ConfigurationError(problem)


def _problem(file: str | None, error: OSError | ValueError) -> str:
    """Which variable is to blame for `error`, why, and what to do."""
    import ssl

    log = os.environ.get(KEY_LOG)
    if log and not _can_be_written(log):
        return f"{KEY_LOG} names a file that cannot be written; correct it, or unset it"
    if not file:
        return f"TLS cannot be set up: {_reason(error)}; see what OPENSSL_CONF names, and reinstall certifi"
    why = f"that cannot be read: {_reason(error)}"
    if isinstance(error, ssl.SSLError):
        why = "in which no certificate can be read"
    return f"{FILE} names a file {why}; name one with certificates in PEM form, or unset it"


def _problem_of_directory(directory: str) -> str | None:
    """What is wrong with it: OpenSSL says nothing, and then trusts nobody. Several may be named."""
    try:
        names = [name for each in directory.split(os.pathsep) if each for name in os.listdir(each)]
    except OSError as error:
        return f"names a directory that cannot be read: {_reason(error)}; correct it, or unset it"
    if any(map(_BY_HASH.fullmatch, names)):
        return None
    return "names a directory in which OpenSSL finds no certificate; run `openssl rehash` on it, or unset it"


def _reason(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


def _can_be_written(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))
    except OSError:
        return False
    return True
