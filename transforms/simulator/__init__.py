"""Shops with a known truth. The seed is an argument; nothing else in `transforms` may import from here."""
