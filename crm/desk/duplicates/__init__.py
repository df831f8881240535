"""Which organisations and people look like the same one: scoring is pure, candidates come from the database."""
