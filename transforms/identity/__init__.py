"""Who is who: accounts become customers, under ids that reveal nothing."""
