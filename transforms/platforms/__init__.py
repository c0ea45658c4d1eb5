"""File layouts: one small declaration each, from a platform's headers to our columns."""
