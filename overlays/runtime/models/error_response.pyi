# What a pinned document gives `models/error_response.py`, for those who read the runtime where it lies.
from ..types import Model

class ErrorResponse(Model): ...
