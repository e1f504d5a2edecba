"""Mutation testing of the modules that only decide; run by `make mutants`."""
