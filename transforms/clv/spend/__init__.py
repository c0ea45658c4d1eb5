"""What they spend on an occasion, and how much of it is left."""
