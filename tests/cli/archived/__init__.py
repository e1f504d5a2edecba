"""Commands that answer from an archive."""
