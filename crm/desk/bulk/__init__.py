"""What is done with many leads at once: a row for the whole, a row for each lead."""
