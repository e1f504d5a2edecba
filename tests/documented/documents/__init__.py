"""Readers of the documents behind `sources/`: each makes the facts anew from the document itself."""
