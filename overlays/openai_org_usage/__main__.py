"""`python -m openai_org_usage`, as `openai-org-usage`."""

from .cli.own_process import run_and_end

run_and_end()
