"""From the facts of two documents to the list of what changed."""

from __future__ import annotations

from collections.abc import Iterator

from . import meaning
from .change import ApiChange, At, deprecation, other, pairs
from .facts import EndpointFacts, Facts
from .models import model_changes
from .parameters import parameter_changes
from .rules import EFFECTS


def changes(before: Facts, after: Facts) -> list[ApiChange]:
    """Everything that callers can notice, the heaviest first; empty where that is nothing."""
    found = [*_endpoints(before, after), *_document(before, after)]
    return sorted(found, key=lambda change: EFFECTS.index(change.effect))


def _document(before: Facts, after: Facts) -> Iterator[ApiChange]:
    at = At()
    if before.server != after.server:
        yield at.change("server-changed", "server", before.server, after.server, meaning.server(after.server))
    for name, old, new in pairs(before.shared, after.shared):
        if old and new:
            yield from model_changes(at, name, old, new)
        else:
            kind = "model-added" if new else "model-removed"
            fields = ", ".join(new.fields) if new else None
            yield at.change(kind, name, None, fields, meaning.model(name, gone=new is None))
    yield from other(at, "request", "the document", before.rest, after.rest)


def _endpoints(before: Facts, after: Facts) -> Iterator[ApiChange]:
    for _, old, new in pairs(before.endpoints, after.endpoints):
        if old and new:
            yield from _endpoint(old, new)
        elif new:
            at = At(new.name, new.stem)
            yield at.change("endpoint-added", new.path, None, new.tag, meaning.new_endpoint(new))
        elif old:
            at = At(old.name, old.stem)
            yield at.change("endpoint-removed", old.path, old.tag, None, meaning.lost_endpoint(old))


def _endpoint(old: EndpointFacts, new: EndpointFacts) -> Iterator[ApiChange]:
    at = At(new.name, new.stem)
    if old.name != new.name:
        yield at.change("method-renamed", "method", old.name, new.name, meaning.method(old.name, new.name))
    if old.operation_id != new.operation_id:
        names = old.operation_id, new.operation_id
        yield at.change("operation-renamed", "operation", *names, meaning.operation(*names))
    yield from deprecation(at, "deprecated", "endpoint", old.deprecated, new.deprecated)
    for name, was, now in pairs(old.parameters, new.parameters):
        yield from parameter_changes(at, name, was, now)
    for role, before, after in pairs(old.models, new.models):
        if before and after:
            yield from model_changes(at, role, before, after)
    for status, said, says in pairs(old.statuses, new.statuses):
        kinds = "status-added", "status-removed", "status-changed"
        yield from at.toggle(kinds, status, said, says, meaning.SAME_ERRORS)
    yield from other(at, "request", "endpoint", old.rest, new.rest)
