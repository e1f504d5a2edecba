"""`python -m openai_org_usage.cli`, as `openai-org-usage`."""

from . import main

raise SystemExit(main())
