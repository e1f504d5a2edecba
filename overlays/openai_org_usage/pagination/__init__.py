"""From one query to all of its buckets: cursor rules, windows, merged buckets, and the stream of pages."""
