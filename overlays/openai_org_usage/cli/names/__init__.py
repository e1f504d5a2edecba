"""Names beside ids on the command line: options, filters and completion."""
