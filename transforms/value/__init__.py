"""What the shop's owner asks of value: who brings it, what it adds up to, what would be lost."""
