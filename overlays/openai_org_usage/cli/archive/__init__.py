"""Commands that keep an archive or ask one, and the options of those that can answer from it."""
