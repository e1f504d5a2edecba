"""What each kind of change does to callers, and why: the one table of it.

A change is classed by what running code or a type check of a caller would notice once the package
is made from the new document:

- breaking: a call is refused or means something else, or an expression has another type;
- additive: something can be asked for or read that could not before;
- neutral: neither, though the document says it differently.

Two facts of the generated code decide the close cases. Fields that are optional or nullable are
both `X | None`, so that a field that is the one loses nothing by becoming the other as well. And a
default is never sent, so that a default which the document merely begins to state changes nothing.
"""

from __future__ import annotations

from typing import Literal

import attrs

Side = Literal["request", "response"]
Effect = Literal["breaking", "additive", "neutral"]
EFFECTS: tuple[Effect, ...] = ("breaking", "additive", "neutral")
"""From the heaviest to the lightest."""


@attrs.frozen
class Rule:
    """How a kind of change is classed, and its words."""

    side: Side
    effect: Effect
    words: str
    """With `{subject}`, `{before}` and `{after}`."""
    reason: str


_OTHER = "something else about {subject}: {before} to {after}"
_UNKNOWN = "nothing here knows what it means: breaking until a person has looked"

RULES: dict[str, Rule] = {
    # Endpoints
    "endpoint-added": Rule("request", "additive", "endpoint added, with {after}", "no code calls it yet"),
    "endpoint-removed": Rule("request", "breaking", "endpoint removed", "its calls fail"),
    "method-renamed": Rule(
        "request", "breaking", "method {before} renamed to {after}", "calls of it fail; the name is ours"
    ),
    "operation-renamed": Rule(
        "request", "breaking", "operation {before} renamed to {after}", "its module is named after it"
    ),
    "server-changed": Rule(
        "request", "breaking", "server {before} replaced by {after}", "requests and keys go elsewhere"
    ),
    # Parameters
    "parameter-added": Rule(
        "request",
        "additive",
        "optional parameter {subject} added: {after}",
        "calls without it stay as they are",
    ),
    "required-parameter-added": Rule(
        "request", "breaking", "required parameter {subject} added: {after}", "calls without it are refused"
    ),
    "parameter-removed": Rule(
        "request", "breaking", "parameter {subject} removed", "the keyword is a TypeError"
    ),
    "parameter-now-required": Rule(
        "request", "breaking", "parameter {subject} is now required", "calls without it are refused"
    ),
    "parameter-now-optional": Rule(
        "request", "additive", "parameter {subject} is now optional", "calls with it stay as they are"
    ),
    "parameter-type": Rule(
        "request",
        "breaking",
        "type of parameter {subject}: {before} to {after}",
        "values of the old type are refused",
    ),
    "parameter-format": Rule(
        "request",
        "neutral",
        "format of parameter {subject}: {before} to {after}",
        "the Python type is the same",
    ),
    "value-added": Rule("request", "additive", "parameter {subject} allows {after}", "the old values stay"),
    "value-removed": Rule(
        "request", "breaking", "parameter {subject} no longer allows {before}", "calls with it are refused"
    ),
    "values-restricted": Rule(
        "request", "breaking", "parameter {subject} allows only {after}", "any value was allowed"
    ),
    "values-opened": Rule(
        "request",
        "additive",
        "parameter {subject} allows any value, not only {before}",
        "the old values stay",
    ),
    "default-changed": Rule(
        "request",
        "breaking",
        "default of {subject}: {before} to {after}",
        "the same call means something else",
    ),
    "default-stated": Rule(
        "request",
        "neutral",
        "default of {subject} stated: {after}",
        "defaults are never sent; there was one before",
    ),
    "default-withdrawn": Rule(
        "request", "neutral", "default of {subject} no longer stated: {before}", "defaults are never sent"
    ),
    "bound-narrowed": Rule(
        "request", "breaking", "{subject}: {before} to {after}", "values beyond it are refused"
    ),
    "bound-widened": Rule(
        "request", "additive", "{subject}: {before} to {after}", "values within the old bound stay"
    ),
    "page-size-stated": Rule(
        "request",
        "neutral",
        "page size of {subject} stated: {after}",
        "ours, read from upstream's prose: the server had it, and the client asks for the largest page",
    ),
    "page-size-withdrawn": Rule(
        "request",
        "neutral",
        "page size of {subject} no longer stated: {before}",
        "the server's default is taken",
    ),
    "deprecated": Rule(
        "request", "neutral", "{subject}: deprecated {before} to {after}", "it works; plan to leave it"
    ),
    # Fields
    "field-added": Rule("response", "additive", "field {subject} added: {after}", "no code reads it yet"),
    "field-removed": Rule(
        "response", "breaking", "field {subject} removed", "reading it is an AttributeError"
    ),
    "field-now-optional": Rule(
        "response", "breaking", "field {subject} is now optional", "code that relies on a value meets None"
    ),
    "nullable-field-now-optional": Rule(
        "response", "neutral", "field {subject} is now optional", "it could be None before, being nullable"
    ),
    "field-now-nullable": Rule(
        "response", "breaking", "field {subject} is now nullable", "code that relies on a value meets None"
    ),
    "optional-field-now-nullable": Rule(
        "response", "neutral", "field {subject} is now nullable", "it could be None before, being optional"
    ),
    "field-now-required": Rule(
        "response", "neutral", "field {subject} is now required", "code that expects None still runs"
    ),
    "field-no-longer-nullable": Rule(
        "response", "neutral", "field {subject} is no longer nullable", "code that expects None still runs"
    ),
    "field-type": Rule(
        "response", "breaking", "type of field {subject}: {before} to {after}", "the Python type is another"
    ),
    "field-format": Rule(
        "response", "neutral", "type of field {subject}: {before} to {after}", "the Python type is the same"
    ),
    "tag-changed": Rule(
        "response",
        "breaking",
        "tag {subject}: {before} to {after}",
        "code that compares it, and older clients, miss it",
    ),
    "known-value-added": Rule(
        "response",
        "neutral",
        "field {subject} is known to have {after}",
        "the type is open: any value was read before",
    ),
    "known-value-removed": Rule(
        "response", "neutral", "field {subject} is no longer known to have {before}", "the type is open"
    ),
    "wire-name-changed": Rule(
        "response",
        "neutral",
        "field {subject} is called {after} instead of {before}",
        "both names are read as ours",
    ),
    "undefined-requirement": Rule(
        "response",
        "neutral",
        "required without being defined: {before} to {after}",
        "what is not defined is never demanded",
    ),
    "field-deprecated": Rule(
        "response", "neutral", "{subject}: deprecated {before} to {after}", "it works; plan to leave it"
    ),
    # Models and other answers
    "model-added": Rule("response", "additive", "model {subject} added: {after}", "no code reads it yet"),
    "model-removed": Rule("response", "breaking", "model {subject} removed", "the class is gone"),
    "model-renamed": Rule(
        "response", "breaking", "model {before} renamed to {after}", "code that names the class fails"
    ),
    "status-added": Rule(
        "response",
        "neutral",
        "status {subject} documented: {after}",
        "errors are raised by status, documented or not",
    ),
    "status-removed": Rule(
        "response",
        "neutral",
        "status {subject} no longer documented",
        "errors are raised by status all the same",
    ),
    "status-changed": Rule(
        "response",
        "neutral",
        "status {subject}: {before} to {after}",
        "errors are raised by status all the same",
    ),
    # Whatever nobody has thought of
    "other-in-request": Rule("request", "breaking", _OTHER, _UNKNOWN),
    "other-in-response": Rule("response", "breaking", _OTHER, _UNKNOWN),
}
"""By kind of change. Whatever the document says beyond these kinds is `other`."""
