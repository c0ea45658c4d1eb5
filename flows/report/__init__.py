"""The report: what a night says, as a page with pictures."""
