"""The forms of a report: terminal, JSON, Markdown, HTML. They only write down what the report knows."""
