"""The configuration file of the command line: where it is, what it says, and the schema of it."""
