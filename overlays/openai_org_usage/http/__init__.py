"""One request until it is answered: connections, retries, deadline, decompression, loop thread."""
