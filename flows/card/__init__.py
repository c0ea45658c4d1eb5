"""The card: one customer's file on one screen, for the person at the counter or in the chat."""
