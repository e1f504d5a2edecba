"""Faults that refuse who asks: a scope that the key lacks, another kind of key, a country."""

from __future__ import annotations

from typing import get_args

import attrs

from ..._generated import ListOperation, Operation
from ..answer import ApiAnswer, answer_json
from ..auth import Scope, lacks_scope, needs_session, scope_of
from ..errors import ApiError, unsupported_country
from ..request_context import RequestContext
from .fault import RefusalFault, require, require_one_of


@attrs.frozen(repr=False)
class MissingScope(RefusalFault):
    """403, or 401, for a key that lacks the scope that the operation needs.

    Usage and costs need `api.usage.read`, lists `api.management.read`. A key that lacks one of them
    has the other: `MissingScope(scope="api.management.read")` refuses lists, and usage is answered.
    With `in_words`, the error is a text and no object, as in recorded answers.
    """

    status: int = 403
    scope: Scope | None = attrs.field(default=None, kw_only=True)
    in_words: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require(self.status in (401, 403), f"status is 401 or 403, not {self.status!r}")
        if self.scope is not None:
            require_one_of("scope", self.scope, get_args(Scope))

    def refusal(self, context: RequestContext) -> ApiError | None:
        """The error, if the operation needs the scope."""
        needed = scope_of(context.operation)
        return lacks_scope(needed, status=self.status) if self.scope in (None, needed) else None

    def spoil(self, context: RequestContext) -> ApiAnswer | None:
        """The refusal as an answer."""
        error = self.refusal(context)
        if error is None or not self.in_words:
            return super().spoil(context)
        return answer_json({"error": error.message}, status=error.status)

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether the operation needs the scope."""
        return self.scope in (None, scope_of(operation))


@attrs.frozen(repr=False)
class SessionKeyNeeded(RefusalFault):
    """401, or 403, as some keys get it: the request "must be made with a session key"."""

    status: int = 401

    def __attrs_post_init__(self) -> None:
        require(self.status in (401, 403), f"status is 401 or 403, not {self.status!r}")

    def refusal(self, context: RequestContext) -> ApiError:
        """The error."""
        return needs_session(status=self.status, path=f"/v1{context.operation.path}")


@attrs.frozen(repr=False)
class CountryRefused(RefusalFault):
    """403 `unsupported_country_region_territory`: of where the request comes from, not of the key."""

    def refusal(self, context: RequestContext) -> ApiError:
        """The error."""
        return unsupported_country()
