"""Mutation testing of the modules that decide, and of the shared loop; run by `make mutants`."""
