"""The park's own history out of CSV files: read, check everything, and apply all of it or nothing."""
