"""`make scale`: the Spark data source on two workers, one of which is killed, beside an archive."""
