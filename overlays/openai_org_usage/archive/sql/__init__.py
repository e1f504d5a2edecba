"""The archive asked by SQL."""
