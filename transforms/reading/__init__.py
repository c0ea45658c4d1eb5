"""From the text of files to rows of contracts: how layouts are told apart, and their cells read."""
