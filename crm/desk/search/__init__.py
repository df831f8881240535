"""Search everywhere: one text against names, numbers, addresses and notes, each by what this person may read.

Nothing is copied: the tables themselves are asked (docs/adr/0012), so that an answer is never older than the record.
"""

from crm.desk.search.finding import find, name_records
from crm.desk.search.hits import Group, Hit, Kind, Reason

__all__ = ["Group", "Hit", "Kind", "Reason", "find", "name_records"]
