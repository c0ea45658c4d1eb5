"""Models of when customers buy and when they are gone."""
