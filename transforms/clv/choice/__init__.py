"""Which model, and which season, the shop's own past speaks for."""
