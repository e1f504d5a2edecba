"""Reading the lists of projects, users and keys."""
