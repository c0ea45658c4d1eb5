"""Facts for BI: orders, lines, refunds and days, up to a night."""
