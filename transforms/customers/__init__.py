"""The customer file: what the shop knows of each customer."""
