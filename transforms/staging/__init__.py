"""From checked rows to canonical tables: later exports win, duplicates merge, orders get their lines."""
