"""Is it true: row rules, and the gate that stops a night."""
