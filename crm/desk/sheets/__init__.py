"""Import of people's own spreadsheets: read, map, look before, apply all or nothing, undo."""
