"""An emulator of OpenAI's organization usage and costs API, for tests and demonstrations.

It needs the optional dependencies of `pip install 'openai-org-usage[emulator]'`.
"""

try:
    from . import faults
    from .app import RecordedRequest
    from .dealing import DealtFault
    from .faults import FaultPlan, FaultPlanError
    from .server import Emulator
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] not in ("anyio", "starlette", "uvicorn"):
        raise
    from ..errors import MissingExtraError

    raise MissingExtraError.of("emulator", purpose="the emulator", library=error.name) from None

__all__ = ["DealtFault", "Emulator", "FaultPlan", "FaultPlanError", "RecordedRequest", "faults"]
