"""Who looked, who took along, who changed what: all logs of the house on one page, the latest first."""
