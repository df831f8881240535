"""What the pages say about a mail: why one could not be read, why a file was not kept, what is odd about it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BROKEN: dict[str, Promise] = {
    "empty": _("there is nothing in it"),
    "too_large": _("it is larger than 35 MB"),
    "not_a_mail": _("this is no e-mail file: it has no sender, no recipient and no subject"),
    "outlook_file": _("this is Outlook’s own kind of file (.msg): save the mail as .eml, or paste its text"),
    "too_deep": _("it is wrapped in more layers than a mail has"),
    "too_many_parts": _("it has more parts than a mail has"),
    "no_address": _("it was sent to no address that we know"),
    "unknown_sender": _("it was sent to the address of a lead, but not from a colleague’s address"),
    "brought_down": _("it could not be read three times over"),
    "thrown_away": _("you threw this mail away before"),
}
REFUSALS: dict[str, Promise] = {
    "empty": _("the file is empty"),
    "too_large": _("larger than 20 MB"),
    "wrong_kind": _("no PDF, PNG, JPEG, Word or Excel file"),
    "winmail": _("Outlook’s own wrapping: ask the sender for the files themselves"),
    "mail": _("a mail within the mail: add it as a file of its own"),
}
FLAWS: dict[str, Promise] = {
    "no_date": _("It says no day on which it was sent."),
    "no_sender": _("It says not from whom it came."),
    "no_text": _("There is no text in it."),
    "text_cut": _("It was too long: the text ends before its end."),
    "too_many_attachments": _("It has more attachments than 40: the others were left out."),
    "unreadable_part": _("A part of it could not be read."),
    "from_html": _("It came as a web page: its text was taken out, pictures and layout were not."),
}


def why_broken(code: str) -> str:
    return str(BROKEN.get(code, _("it could not be read")))


def why_refused(code: str) -> str:
    return str(REFUSALS.get(code, _("it could not be kept")))


def flaws_in_words(codes: str) -> list[str]:
    return [str(FLAWS[code]) for code in codes.split(",") if code in FLAWS]
