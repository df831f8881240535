"""E-mail onto the record: what came in, what it may belong to, and putting it on a lead's timeline and taking it off."""
