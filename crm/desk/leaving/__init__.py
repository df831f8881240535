"""Somebody leaves: what hangs on them goes to colleagues, and the account closes, in one step."""
