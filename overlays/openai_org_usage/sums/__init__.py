"""Rows added up by period of the calendar: exact, and one row for each group and period."""
