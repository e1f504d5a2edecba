"""`make bench`: this client beside the official SDK and others, in one run, with bars that must hold.

A module for each group of measurements (`groups.py` lists them), a module for the contestants of a
group where it has any, and the harness, which runs each contestant in a process of its own, in turns
with the others; `results_model.py` has what a group finds, `results.py` writes it to `RESULTS.md`.
"""
