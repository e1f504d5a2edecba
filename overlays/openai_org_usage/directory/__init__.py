"""What an organization calls its projects, users and keys, read from its lists and kept in a file."""
