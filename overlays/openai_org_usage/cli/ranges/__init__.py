"""Ranges of time as people say them, and the options for them."""
