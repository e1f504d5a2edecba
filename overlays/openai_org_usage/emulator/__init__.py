"""An emulator of OpenAI's organization usage and costs API, for tests and demonstrations.

It needs the optional dependencies of `pip install 'openai-org-usage[emulator]'`, and says so when a name
is first used: the package can be imported, so that `python -m openai_org_usage.emulator` says it, too.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from ..lazy_names import imported as _imported

if TYPE_CHECKING:
    from . import faults as faults
    from .app import RecordedRequest as RecordedRequest
    from .drawn_roster import OrganizationSize as OrganizationSize
    from .fault_injection import DealtFault as DealtFault
    from .faults import FaultPlan as FaultPlan
    from .faults import FaultPlanError as FaultPlanError
    from .restatements import Restatements as Restatements
    from .server import Emulator as Emulator
    from .stories import Story as Story
    from .stories import StoryKind as StoryKind

__all__ = [
    "DealtFault",
    "Emulator",
    "FaultPlan",
    "FaultPlanError",
    "OrganizationSize",
    "RecordedRequest",
    "Restatements",
    "Story",
    "StoryKind",
    "faults",
]

_MODULE_OF = {
    "DealtFault": "fault_injection",
    "Emulator": "server",
    "FaultPlan": "faults",
    "FaultPlanError": "faults",
    "OrganizationSize": "drawn_roster",
    "RecordedRequest": "app",
    "Restatements": "restatements",
    "Story": "stories",
    "StoryKind": "stories",
}


def __getattr__(name: str) -> object:
    try:
        if name == "faults":
            return importlib.import_module(".faults", __name__)
        return _imported(name, package=__name__, module_of=_MODULE_OF)
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in ("starlette", "uvicorn"):
            raise
        from ..errors import MissingExtraError

        raise MissingExtraError.of("emulator", purpose="the emulator", library=library) from None


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
