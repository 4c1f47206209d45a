"""The report: what was measured, how each number was obtained, as JSON, HTML and a terminal table."""
