"""One module for each module of the library that only decides: no client, no loop, milliseconds.

What survives of their mutants is measured by `make mutants`; see `tests/mutants`.
"""
