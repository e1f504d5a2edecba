"""The generated parameters and results, referred against what is documented elsewhere.

`sources/` holds facts from seven documents, one file each, in one shape (`facts.py`). `levels/` reads
the same shape off everything that a user meets: the pin, signatures, docstrings, requests on the wire,
the registry, the models. `comparing.py` compares any of the first with any of the second. Where they
differ for a reason, `declared.yaml` says so; what it does not say fails, and so does what it says in
vain. `mutants.py` changes every single fact of the pin, to show that none can change unnoticed.
"""
