"""Where an archive lies: a folder or an object store, one writer at a time, several files changed at once."""
