"""`python -m openai_org_usage`, as `openai-org-usage`."""

from .cli import main

raise SystemExit(main())
