"""What a spreadsheet can hold, a file per kind; each writes through its room's own verbs."""
