"""The one door to the generated package: no other module names it.

A vendored copy replaces this file by the generated package itself, as the folder `_generated`;
`from ._generated import …` then means the same. Names are looked up when first used, so that
importing this costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openai_org_usage_generated import __getattr__ as __getattr__

if TYPE_CHECKING:
    from openai_org_usage_generated import *
