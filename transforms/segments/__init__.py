"""Tiers and segments: what the customer is told, and what the shop uses."""
