"""`make diff`: what another upstream document would change for callers, before anything is written.

`survey` reads the facts of a pinned document, `changes` compares two of them, `rules` classes each
change, `meaning` says it in Python, `release` derives the next version, `report` prints it all.
Libraries for trees such as deepdiff were not used: their paths into a document say nothing of
callers, and importing one takes longer than comparing two pins here (0.01 s).
"""
