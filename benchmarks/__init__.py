"""`make bench`: this client beside the official SDK and others, in one run, with bars that must hold.

A module for each group of measurements (`groups.py` lists them), a module for the contestants of a
group where it has any, and the harness: `workers.py` runs each contestant in a process of its own,
in turns with the others; `findings.py` and `results.py` turn readings into `RESULTS.md`.
"""
