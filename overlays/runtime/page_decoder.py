"""From the bytes of an answer to the models: strict where it protects, open where the API grows.

The fast way reads a body that has the members of the document and no others. Any other body takes
the slow way, which keeps unknown fields and results, reads the known variants of the wire form, and
names the JSON path of what is wrong. The names of unknown fields are learned on the way, so that
the next page with them takes the fast way again.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import typing
import warnings
from collections.abc import Mapping, Sequence, Set
from typing import Any, TypeVar

import msgspec

from .errors import ResponseDecodeError, UnknownFieldWarning, UnknownResultWarning
from .gc_pause import without_collecting
from .json_values import is_array
from .lenient_decoder import MISSPELT, Apart, Unknown, set_unreadable_apart
from .redaction import holds_key, redacted
from .struct_decoder import DECODING_ERRORS, StructDecoder, exactly
from .types import wire_names

ModelT = TypeVar("ModelT")

_AT = re.compile(r" - at `(\$[^`]*)`$")
_LONGEST_TEXT = 500
_LEARNED_AT_MOST = 64
"""Names for one model. An API that sends new names for ever gets the slow way, not our memory."""
_ANNOUNCED_AT_MOST = 1_000
"""Names for one operation, for the same reason."""
_LONGEST_NAME = 200
"""Characters of a name that is remembered."""
_NAMED_AT_MOST, _SHOWN_AT_MOST = 20, 60
"""Names in one warning, and characters of each."""

_lock = threading.RLock()
"""Held while anything below is made or changed: msgspec crashes where two threads meet a class for
the first time. A fork waits for it, so that no child starts with half of it."""


def _release() -> None:
    with contextlib.suppress(RuntimeError):  # A fork had begun when another thread imported this.
        _lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_lock.acquire, after_in_parent=_release, after_in_child=_release)
_announced: dict[tuple[type[Warning], str], set[str]] = {}
_struct_decoders: dict[tuple[object, str], StructDecoder[Any]] = {}
_decoders: dict[object, msgspec.json.Decoder[Any]] = {}


def decode_page(
    page_type: type[ModelT], body: bytes, *, operation: str, keep_unreadable: bool = False
) -> ModelT:
    """The page of `operation` in `body`.

    Unknown fields are kept in `additional_properties` and announced once for each operation by
    UnknownFieldWarning; results of an unknown type are kept in the bucket's `unknown_results` and
    announced by UnknownResultWarning. With `keep_unreadable`, a result that cannot be read stands there,
    too, with the `problem`; without, it is an error.

    Raises:
        ResponseDecodeError: the body is no such page; nothing of it is used.
    """
    page: ModelT
    try:
        page = without_collecting(_struct_decoder(page_type, operation).model, body)
    except DECODING_ERRORS:
        pass
    else:
        return page
    return _decode_slowly(page_type, body, operation, keep_unreadable=keep_unreadable)


def decode_structs(page_type: type[object], body: bytes, *, operation: str) -> Any:
    """The page of `operation` in `body`, for tables: as bare structs if it has known members alone.

    Whether their exact numbers are any is not known yet. Any other page comes as the models that
    `decode_page` makes, and is announced as there.

    Raises:
        ResponseDecodeError: the body is no such page.
    """
    try:
        return _struct_decoder(page_type, operation).structs(body)
    except DECODING_ERRORS:
        pass
    return _decode_slowly(page_type, body, operation, keep_unreadable=False)


def decode_part(model: type[ModelT], body: bytes) -> ModelT | None:
    """The error body, or another small model, in `body`; None where it is something else."""
    try:
        part: ModelT = _decoder(model).decode(body)
    except DECODING_ERRORS:
        return None
    return part


class _ErrorBody(msgspec.Struct):
    error: dict[str, object] | str | None = None
    detail: object = None
    """Where a proxy answers."""


def error_texts(body: bytes) -> Mapping[str, str]:
    """The text members of the documented error in `body`, or what else says why; none where nothing does."""
    found = decode_part(_ErrorBody, body) or _ErrorBody()
    members = found.error if isinstance(found.error, dict) else {"message": found.error or found.detail}
    return {name: value for name, value in members.items() if isinstance(value, str)}


def _decoder(model: object) -> msgspec.json.Decoder[Any]:
    if model not in _decoders:
        with _lock:
            _decoders.setdefault(model, msgspec.json.Decoder(typing.cast(type[Any], model)))
    return _decoders[model]


def _struct_decoder(page_type: type[ModelT], operation: str) -> StructDecoder[ModelT]:
    key = (page_type, operation)
    if key not in _struct_decoders:
        with _lock:
            _struct_decoders.setdefault(key, StructDecoder(page_type, {}))
    return _struct_decoders[key]


def _learn(page_type: type[Any], operation: str, unknown: Unknown) -> None:
    """Give the fields of `unknown`, which are announced as `operation`, to the fast way."""
    with _lock:
        known = _struct_decoder(page_type, operation).unknown
        names = dict(known)
        for model, sent in unknown.fields.items():
            new = [name for name in sent if _can_be_learned(name) and name not in wire_names(model)]
            learned = dict.fromkeys((*known.get(model, ()), *new))
            if learned:
                names[model] = tuple(learned)[:_LEARNED_AT_MOST]
        if names != known:
            _struct_decoders[page_type, operation] = StructDecoder(page_type, names)


def _can_be_learned(name: str) -> bool:
    """Whether msgspec can match `name`, and it stands for nothing else."""
    return (
        name not in MISSPELT and len(name) <= _LONGEST_NAME and all(c >= " " and c not in '"\\' for c in name)
    )


def _decode_slowly(page_type: type[ModelT], body: bytes, operation: str, *, keep_unreadable: bool) -> ModelT:
    unknown, apart = Unknown(), Apart()
    model: Any = page_type
    _decoder(page_type)  # lets msgspec look at the classes, one thread at a time
    try:
        tree = msgspec.json.Decoder(float_hook=exactly).decode(body)
        if keep_unreadable:
            apart = set_unreadable_apart(tree, model, msgspec.convert)
        unknown.take_from(tree, model)
        for bucket, results in apart:
            others = bucket.get("unknown_results")
            bucket["unknown_results"] = [*others, *results] if is_array(others) else results
        page = msgspec.convert(tree, page_type)
    except DECODING_ERRORS as error:
        cause = _located(_without_frames(error), page_type, body)
    else:
        _learn(page_type, operation, unknown)
        _announce(operation, unknown)
        return page
    raise _decode_error(cause, body, operation) from (
        None if holds_key(str(cause)) else _without_frames(cause)
    )


def _announce(operation: str, unknown: Unknown) -> None:
    """Warn of what has not been announced for `operation` yet."""
    fields = {name for sent in unknown.fields.values() for name in sent}
    for kind, names, where in (
        (UnknownFieldWarning, fields, "fields; they are kept in `additional_properties`"),
        (UnknownResultWarning, unknown.results, "results; they are kept in `unknown_results`"),
    ):
        new, is_last = _new_names((kind, operation), names)
        if new:
            message = (
                f"{operation}: the API sent {_listed(new)}, unknown {where}. "
                "A newer version of this package may know them, or a newer pin: `make pin`."
            )
            if is_last:
                message += f" These are {_ANNOUNCED_AT_MOST:,} names by now: no further ones are announced."
            warnings.warn(kind(message, operation=operation, names=new), stacklevel=2)


def _new_names(of: tuple[type[Warning], str], names: Set[str]) -> tuple[list[str], bool]:
    """Those of `names` that have not been announced yet, and whether they are the last that are."""
    with _lock:
        known = _announced.setdefault(of, set())
        room = _ANNOUNCED_AT_MOST - len(known)
        new = sorted({name[:_LONGEST_NAME] for name in names} - known)[:room] if names and room else []
        known.update(new)
        return new, len(new) == room


def _listed(names: Sequence[str]) -> str:
    """The first of `names`, as far as they can be shown."""
    shown = ", ".join(map(_shown, names[:_NAMED_AT_MOST]))
    more = len(names) - _NAMED_AT_MOST
    return f"{shown} and {more:,} more" if more > 0 else shown


def _shown(name: str) -> str:
    text = redacted(name, echoed=True)
    return text if len(text) <= _SHOWN_AT_MOST else f"{text[:_SHOWN_AT_MOST]}…"


def _located(error: Exception, page_type: object, body: bytes) -> Exception:
    """`error`, or what decoding by type says: without types, no names are known for the path."""
    if "[...]" in str(error):
        try:
            _decoder(page_type).decode(body)
        except msgspec.MsgspecError as by_type:
            return by_type
        except DECODING_ERRORS:
            pass
    return error


def _decode_error(error: Exception, body: bytes, operation: str) -> ResponseDecodeError:
    at = _AT.search(str(error))
    json_path = at[1].partition("[...]")[0] if at else "$"
    if not body.strip():
        reason = "the body is empty"
    elif body.lstrip()[:1] == b"<":
        reason = "the body is a web page, not JSON; is a proxy or a login page in between?"
    elif isinstance(error, RecursionError):
        reason = "the body is nested too deeply"
    elif said := error_texts(body).get("message"):  # As proxies and gateways send them.
        said = redacted(said, echoed=True)[:_LONGEST_TEXT]
        reason = f"it is an error, although its status is 200: {said}"
    else:
        reason = redacted(_AT.sub("", str(error)), echoed=True)[:_LONGEST_TEXT]
    return ResponseDecodeError(
        f"{operation}: cannot read the answer at {json_path}: {reason}",
        operation=operation,
        json_path=json_path,
    )


def _without_frames(error: Exception) -> Exception:
    """`error` without traceback, whose frames would hold the whole body."""
    error.__context__ = error.__cause__ = None
    return error.with_traceback(None)


__all__ = ["decode_page", "decode_part", "decode_structs", "error_texts"]
