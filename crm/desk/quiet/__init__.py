"""The quiet list: everything that needs this person now, ranked and said in a sentence. Computed, never stored."""

from crm.desk.quiet.listing import quiet_list, quiet_page
from crm.desk.quiet.rows import QuietReason, QuietRow, SubjectKind

__all__ = ["QuietReason", "QuietRow", "SubjectKind", "quiet_list", "quiet_page"]
