"""The words of a mail: made storable, taken out of HTML, and told apart from what is quoted beneath them."""

import html
import re
import unicodedata

import nh3

LARGEST_HTML = 1_000_000  # letters
DEEPEST = 150  # elements open at once
ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
TAG_NAME = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
CLOSING_THEMSELVES = {"br", "hr", "img", "meta", "link", "input", "col", "base", "area", "wbr", "source"}
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# They turn the reading direction around beyond their own line; the letters of a right-to-left language need none of them.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
BLOCKS = {
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
}  # fmt: skip
UNSEEN = {
    "script",
    "style",
    "title",
    "head",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "math",
    "textarea",
}
BREAK = re.compile(r"<br>|<hr>|</?(?:p|div|h[1-6]|ul|ol|table|blockquote|pre|dl|section|article)>")
LINE = re.compile(r"</?(?:tr|dt|dd|address|header|footer)>|</li>")
TAG = re.compile(r"<[^<>]{0,40}>")


def storable(text: str) -> str:
    """The text without what no database or reader can take; line ends are `\\n`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return TURNING.sub("", UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text))


def one_line(text: str, longest: int) -> str:
    """A name or subject on one line, cut with an ellipsis; composed letters, and nothing that hides or turns around."""
    flat = unicodedata.normalize("NFC", " ".join(storable(text).split()))
    return flat if len(flat) <= longest else f"{flat[: longest - 1].rstrip()}…"


def text_of_html(source: str) -> str:
    """What somebody reads of an HTML mail, as plain text: no markup, no address of a picture or link, nothing is fetched.

    The parser of browsers reads it (html5ever, by nh3) and hands back a few bare tags; those become line breaks. A page
    that is built to keep a parser busy loses its tags one by one instead: less tidy, and just as safe, for text is all
    that is ever shown.
    """
    source = source[:LARGEST_HTML]
    if _is_tame(source):
        bare = nh3.clean(
            source, tags=BLOCKS, attributes={}, clean_content_tags=UNSEEN, strip_comments=True, link_rel=None
        )
    else:
        bare = _bare(source)
    text = re.sub(r"[ \t\r\n]+", " ", bare)
    text = BREAK.sub("\n", text)
    text = text.replace("<li>", "\n- ")
    text = re.sub(r"</t[dh]> ?<t[dh]>", " | ", LINE.sub("\n", text))
    return tidy(html.unescape(TAG.sub("", text)))


def _is_tame(source: str) -> bool:
    """Whether a tree of it stays small: few elements stand open at once, however they are closed."""
    depth = deepest = 0
    for match in ANY_TAG.finditer(source):
        if match[2].lower() in CLOSING_THEMSELVES:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
        if deepest > DEEPEST:
            return False
    return True


def _bare(source: str) -> str:
    """Block tags without attributes, all other tags gone: one pass over the pieces between two `<`."""
    first, *pieces = source.split("<")
    kept, hidden_in = [html.escape(first, quote=False)], ""
    for piece in pieces:
        tag, closed, rest = piece.partition(">")
        match = TAG_NAME.match(tag)
        name = match[2].lower() if match else ""
        if hidden_in:
            hidden_in = "" if match and match[1] and name == hidden_in else hidden_in
        elif name in UNSEEN and match and not match[1]:
            hidden_in = name
        elif name in BLOCKS and match:
            kept.append(f"<{match[1]}{name}>")
        if not hidden_in and closed and name not in UNSEEN:
            kept.append(rest)
    return "".join(kept)


def tidy(text: str) -> str:
    """Without space at the ends of lines, and at most one empty line together."""
    lines = [
        " ".join(line.split(" ")).strip(" \t\xa0\u200b\u200c\u034f") for line in storable(text).split("\n")
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


WROTE = re.compile(
    r"(?:On|Op|Am|Le|El|Il)\b.{4,240}\b(?:wrote|schreef|schrieb|a écrit|escribió|ha scritto)\b.{0,160}:\s*$",
    re.IGNORECASE,
)
WROTE_START = re.compile(r"(?:On|Op|Am|Le)\b.{4,}", re.IGNORECASE)
RULE = re.compile(
    r"-{2,}\s*(?:original message|original appointment|oorspronkelijk bericht|oorspronkelijke afspraak"
    r"|ursprüngliche nachricht|message d'origine|forwarded message|doorgestuurd bericht|weitergeleitete nachricht)\s*-{2,}\s*$"
    r"|(?:begin forwarded message|begin doorgestuurd bericht|begin van doorgestuurd bericht):\s*$",
    re.IGNORECASE,
)
HEAD_FROM = re.compile(r"\*?(?:From|Van|Von|De)\*?\s?:\*?\s?\S", re.IGNORECASE)
HEAD_NEXT = re.compile(
    r"\*?(?:Sent|Date|To|Subject|Cc|Verzonden|Datum|Aan|Onderwerp|Gesendet|An|Betreff|Envoyé|Objet)\*?\s?:",
    re.IGNORECASE,
)
FORWARDS = re.compile(r"^\s*(?:fw|fwd|fwd\.|doorst|doorgest|wg|tr)\s*:", re.IGNORECASE)
LOOK_AHEAD = 4  # lines


def is_forward(subject: str) -> bool:
    return FORWARDS.match(subject) is not None


def parted(text: str) -> tuple[str, str]:
    """What the sender wrote, and what is quoted beneath it; one look at each line, however long the thread.

    A mail that is nothing but a quotation is all its sender's own.
    """
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _begins_quotation(lines, number, line.strip()[:500]):
            own, quoted = "\n".join(lines[:number]).strip(), "\n".join(lines[number:]).strip()
            return (own, quoted) if own else (text.strip(), "")
    return text.strip(), ""


def _begins_quotation(lines: list[str], number: int, line: str) -> bool:
    if not line:
        return False
    if RULE.match(line) or WROTE.match(line):
        return True
    following = [other.strip()[:500] for other in lines[number + 1 : number + 1 + LOOK_AHEAD]]
    if following and WROTE_START.match(line) and WROTE.match(f"{line} {following[0]}"):
        return True
    if HEAD_FROM.match(line) and sum(bool(HEAD_NEXT.match(other)) for other in following) >= 2:
        return True
    # A run of quoted lines is a quotation; a single one among words is the sender's own way of writing.
    return line.startswith(">") and all(other.startswith(">") or not other for other in following)


def without_signature(text: str) -> str:
    """Without what stands under the line that mail programs put above a signature."""
    own, mark, _signature = text.partition("\n-- \n")
    if not mark:
        own, mark, _signature = text.partition("\n--\n")
    return own.strip() or text.strip()


def quoted_heads(text: str) -> list[str]:
    """The lines that name sender and recipients in the heads of forwarded or quoted mails."""
    lines = text.split("\n")
    found = []
    for number, raw in enumerate(lines):
        line = raw.strip()[:2000]
        if HEAD_FROM.match(line):
            following = [other.strip()[:2000] for other in lines[number + 1 : number + 1 + LOOK_AHEAD]]
            if sum(bool(HEAD_NEXT.match(other)) for other in following) >= 2:
                found.append(line)
                found += [
                    other
                    for other in following
                    if re.match(r"\*?(?:To|Aan|An|Cc)\*?\s?:", other, re.IGNORECASE)
                ]
    return found[:40]
