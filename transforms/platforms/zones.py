"""Placeholder until the list comes."""
ZONES = {"UTC": "UTC", "GMT": "UTC"}
