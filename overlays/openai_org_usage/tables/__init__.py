"""The results of a query as tables: records, Arrow, polars, pandas, and files in five formats."""
