"""The tools that turn OpenAI's published document into this project's committed code.

`pin` makes `openapi.yaml` from an upstream document, `diff` tells what that would change for
callers, `generate` makes `generated/` from the pin, and `check` tells whether what is committed is
still what they would make. None of this is shipped.
"""
