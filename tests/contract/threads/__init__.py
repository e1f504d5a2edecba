"""The shared loop, blocking calls and connections: fast tests on loopback, also for `make mutants`."""
