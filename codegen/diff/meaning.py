"""What a change of the document means in Python: the sentences.

`{method}` and `{stem}` stay in them as they are: a change that many endpoints share is told once.
The sentences about types are checked against two generated packages in tests/regenerating.
"""

from __future__ import annotations

from .facts import EndpointFacts, FieldFacts, ParameterFacts

NOTHING = "nothing"
ONLY_DOCUMENTED = "nothing but documentation"
SAME_ERRORS = "nothing: `{method}()` raises the error of the status in any case"
UNKNOWN = "unknown: compare the generated code"


def new_endpoint(endpoint: EndpointFacts) -> str:
    """A method to have."""
    what = "items are `{stem}`" if "item" in endpoint.models else "rows are `{stem}Row`"
    return f"`{{method}}()` is new, once endpoints.py has its line; its {what}"


def lost_endpoint(endpoint: EndpointFacts) -> str:
    """A method that is gone."""
    what = "`{stem}`" if "item" in endpoint.models else "`{stem}Row`"
    return f"`{{method}}()` and {what} are gone; its line in endpoints.py goes, too"


def server(url: str) -> str:
    """Requests go elsewhere."""
    return f"`UsageClient()` without `base_url` sends to {url}"


def model(name: str, *, gone: bool) -> str:
    """A shared model comes or goes."""
    return f"`{name}` is gone" if gone else f"`{name}` is new"


def renamed(old: str, new: str) -> str:
    """A model has another name."""
    return f"the class `{old}` becomes `{new}`"


def method(old: str, new: str) -> str:
    """A method of the clients has another name."""
    return f"`UsageClient.{old}()` becomes `UsageClient.{new}()`"


def operation(old: str, new: str) -> str:
    """The generated module has another name."""
    before, after = (name.replace("-", "_") for name in (old, new))
    return f"`{before}.request` becomes `{after}.request`; its line in endpoints.py follows"


def new_keyword(parameter: ParameterFacts) -> str:
    """A keyword that can or must be given."""
    verb = "demands" if parameter.required else "gains"
    return f"`{{method}}()` {verb} the keyword `{parameter.name}: {parameter.annotation}`"


def lost_keyword(name: str) -> str:
    """A keyword that is a TypeError now."""
    return f"`{{method}}()` loses the keyword `{name}`"


def demanded(name: str, *, demanded: bool) -> str:
    """Whether a keyword must be given."""
    return f"`{{method}}()` {'demands' if demanded else 'can do without'} the keyword `{name}`"


def takes(old: ParameterFacts, new: ParameterFacts) -> str:
    """The type of a keyword."""
    keyword = f"`{{method}}({new.name}=…)`"
    if old.annotation == new.annotation:
        return f"{keyword} takes `{new.annotation}`, as before"
    return f"{keyword} takes `{new.annotation}` instead of `{old.annotation}`"


def value(name: str, value: str, *, allowed: bool) -> str:
    """A value of a keyword."""
    return f"`{{method}}({name}=…)` {'accepts' if allowed else 'refuses'} `{value!r}`"


def left_out(name: str, value: object) -> str:
    """What leaving a keyword out means."""
    return f"`{{method}}()` without `{name}` means `{value!r}`"


def refused(name: str) -> str:
    """A narrower range."""
    return f"`{{method}}({name}=…)` is refused for more values"


def accepted(name: str) -> str:
    """A wider range."""
    return f"`{{method}}({name}=…)` is accepted for more values"


def page_size(maximum: object) -> str:
    """What the client asks for by itself."""
    if maximum is None:
        return "`{method}()` leaves the size of pages to the API"
    return f"`{{method}}()` asks for pages of {maximum} buckets by itself"


def new_field(place: str, field: FieldFacts) -> str:
    """A field of a model; those of results are also on rows."""
    return f"`{place}: {field.annotation}` is new"


def lost_field(place: str) -> str:
    """A field that is an AttributeError now."""
    return f"`{place}` is gone"


def becomes(place: str, old: FieldFacts, new: FieldFacts) -> str:
    """The type of a field."""
    if old.annotation == new.annotation:
        return f"nothing: `{place}` stays `{new.annotation}`"
    return f"`{place}: {old.annotation}` becomes `{new.annotation}`"


def either_name(place: str) -> str:
    """A field that upstream has renamed and we have not."""
    return f"nothing: `{place}` is read under either name"
