"""Tests of the sources for other engines."""
