"""Whom to contact with what: occasions, the decision, arms."""
