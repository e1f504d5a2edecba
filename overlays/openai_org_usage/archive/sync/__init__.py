"""Bringing an archive up to date: what has changed is replaced, written down, repaired or audited."""
