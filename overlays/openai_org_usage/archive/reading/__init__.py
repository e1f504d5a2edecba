"""Reading a table anew: from where, in which form, and what becomes of refusals."""
