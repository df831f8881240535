"""Contact rounds: sixty owners this half year, who was spoken to and who is still to be called."""
