"""The rows in engines that people run already: a source for dlt, a data source for Spark."""
