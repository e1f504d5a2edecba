"""Where rows go and in which form, and the options for that."""
