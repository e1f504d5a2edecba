"""`doctor`: what stands between somebody and their usage data, and what to do about it."""
