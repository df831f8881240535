"""Whatever somebody sends is read or refused with a reason; nothing is rendered, nothing is fetched, nothing is made up."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.desk.mail.parsed import Address, BrokenMailError, Flaw
from crm.desk.mail.parsing import read_mail
from crm.desk.mail.pasting import moment_in_words, read_pasted
from crm.desk.mail.words import parted, text_of_html, without_signature
from tests.factories.mail import PDF, raw_mail


def test_an_ordinary_mail_is_read_whole():
    mail = read_mail(
        raw_mail(
            to='"Vries, Jan de" <JAN@Park.example>, ans@park.example',
            cc="piet@derde.example",
            in_reply_to="<nul@park.example>",
            files=(("plan.pdf", PDF),),
        )
    )
    assert mail.sender == Address("kim@bedrijf.example", "Kim Contact")
    assert mail.to == (Address("jan@park.example", "Vries, Jan de"), Address("ans@park.example"))
    assert mail.cc == (Address("piet@derde.example"),)
    assert mail.sent_at == datetime(2026, 10, 20, 8, 0, tzinfo=UTC)
    assert (mail.message_id, mail.references, mail.thread) == (
        "een@bedrijf.example",
        ("nul@park.example",),
        "nul@park.example",
    )
    assert mail.text == "Dag, wij zoeken 240 m²."
    assert [(file.name, file.content) for file in mail.attachments] == [("plan.pdf", PDF)]
    assert mail.flaws == frozenset()


def test_html_becomes_text_without_script_address_or_picture():
    page = (
        "<html><head><title>weg</title><style>p{color:red}</style></head><body><p>Dag <b>Jan</b>,</p>"
        '<script>alert("x")</script><img src="https://volg.example/p.gif"><ul><li>een</li><li>twee &lt;3</li></ul>'
        '<table><tr><td>m²</td><td>240</td></tr></table><a href="javascript:alert(1)">hier</a></body></html>'
    )
    text = text_of_html(page)
    assert text.split() == ["Dag", "Jan,", "-", "een", "-", "twee", "<3", "m²", "|", "240", "hier"]
    assert not any(word in text for word in ("alert", "volg.example", "javascript", "weg", "color"))
    mail = EmailMessage()
    mail["From"] = "a@b.example"
    mail.set_content(page, subtype="html")
    read = read_mail(mail.as_bytes())
    assert "Dag Jan," in read.text
    assert Flaw.FROM_HTML in read.flaws


@pytest.mark.parametrize(
    "page", ["<div>" * 50_000 + "hoi", "<table><tr><td>hoi" * 20_000, "<b>" * 200 + "<p>" * 50_000 + "hoi"]
)
def test_a_page_that_is_built_to_keep_a_parser_busy_is_text_too(page):
    assert "hoi" in text_of_html(page)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_mail"),
        (PDF, "not_a_mail"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "outlook_file"),
        (b"From: a@b.nl\n\n" + b"x" * (35 * 1024 * 1024), "too_large"),
        (
            b"From: a@b.nl\n"
            + b"".join(
                b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)
            ),
            "too_deep",
        ),
        (
            b"From: a@b.nl\nContent-Type: multipart/mixed; boundary=x\n\n"
            + b"--x\nContent-Type: text/plain\n\nhoi\n" * 400,
            "too_many_parts",
        ),
    ],
    ids=["empty", "pdf", "outlook", "large", "deep", "parts"],
)
def test_what_is_no_mail_is_refused_with_its_reason(content, code):
    with pytest.raises(BrokenMailError) as refused:
        read_mail(content)
    assert refused.value.code == code


def test_broken_headers_leave_gaps_that_are_named():
    mail = read_mail(
        b"From: =?utf-8?q?=FF=FE?= <>\nTo: @@@,,;:<>\nSubject: =?x?y?z\nDate: Fri, 32 Foo 99999\n"
        b"Content-Type: text/plain; charset=klingon\nContent-Transfer-Encoding: base64\n\n!!!\x00\xff"
    )
    assert {Flaw.NO_DATE, Flaw.NO_ID} <= mail.flaws
    assert mail.sent_at is None


def test_odd_writing_is_kept_and_what_hides_or_turns_is_not():
    mail = read_mail(
        raw_mail(
            subject="שלום \u202eגלש👩‍🔬 <script>",
            sender='"' + "n" * 500 + '" <kim@bedrijf.example>',
            text="مرحبا\x07\u202e 🎉",
        )
    )
    assert mail.subject == "שלום גלש👩‍🔬 <script>"
    assert len(mail.sender.name) == 120
    assert mail.text == "مرحبا\N{REPLACEMENT CHARACTER} 🎉"


def test_a_mail_without_an_id_is_known_by_what_it_says():
    first, second = (read_mail(raw_mail(message_id="")) for _ in range(2))
    assert first.key == second.key
    assert read_mail(raw_mail(message_id="", text="anders")).key != first.key
    assert read_mail(raw_mail(text="anders")).key == read_mail(raw_mail()).key, "the id is what counts"


def test_an_invitation_says_what_when_and_where():
    mail = EmailMessage()
    mail["From"] = "a@b.example"
    mail.set_content(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Rondleiding\r\n"
        "DTSTART:20261103T090000Z\r\nLOCATION:De Gallery\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        subtype="calendar",
    )
    text = read_mail(mail.as_bytes()).text
    assert "Rondleiding" in text
    assert "De Gallery" in text
    assert "2026-11-03" in text


def test_a_logo_in_the_text_is_told_from_a_file():
    mail = EmailMessage()
    mail["From"] = "a@b.example"
    mail.set_content("tekst")
    mail.add_attachment(b"logo", "image", "png", filename="logo.png", disposition="inline", cid="<logo@x>")
    mail.add_attachment(b"foto", "image", "png", filename="foto.png")
    assert [(file.name, file.in_text) for file in read_mail(mail.as_bytes()).attachments] == [
        ("logo.png", True),
        ("foto.png", False),
    ]


QUOTED = [
    "Op di 20 okt 2026 om 10:00 schreef Jan <jan@park.example>:\n> oud",
    "On Tue, 20 Oct 2026 at 10:00, Jan de Vries\n<jan@park.example> wrote:\n> oud",
    "Van: Jan\nVerzonden: dinsdag 20 oktober 2026 10:00\nAan: Kim\nOnderwerp: x\n\noud",
    "-----Original Message-----\nFrom: Jan\noud",
    "> oud\n> ouder\n> oudst\n\n> nog ouder",
]


@pytest.mark.parametrize("quoted", QUOTED)
def test_what_is_quoted_beneath_is_parted_from_what_was_written(quoted):
    assert parted(f"Dank je.\n\n{quoted}") == ("Dank je.", quoted)


def test_words_that_only_look_like_a_quotation_stay():
    text = "Van: onze kant is het goed.\n\n> 5 % groei verwachten we\n\nGroet, Kim"
    assert parted(text) == (text, "")
    assert parted(QUOTED[0]) == (QUOTED[0], ""), "a mail that is all quotation is its sender's own"
    assert without_signature("Dag\n\n-- \nKim\nDirecteur") == "Dag"


def test_a_huge_thread_costs_one_look_at_each_line():
    own, quoted = parted("Akkoord.\n" + "".join(f"{'>' * depth} regel\n" for depth in range(1, 3000)))
    assert own == "Akkoord."
    assert len(quoted) > 1_000_000


def test_a_forwarded_text_names_its_sender_as_quoted_only():
    text = "Zie onder\n\nVan: Kim Contact <kim@bedrijf.example>\nVerzonden: dinsdag 20 oktober 2026\nAan: Jan\nOnderwerp: Vraag\n\nDag"
    mail = read_mail(raw_mail(sender="jan@park.example", subject="FW: Vraag", text=text))
    assert mail.quoted == (Address("kim@bedrijf.example", "Kim Contact"),)
    assert mail.sender == Address("jan@park.example")


# ── pasted ──────────────────────────────────────────────────────────────────
def test_a_pasted_head_is_read_in_dutch_and_in_english():
    dutch = "Van: Kim Contact <kim@bedrijf.example>\nVerzonden: dinsdag 20 oktober 2026 10:00\nAan: Jan <jan@park.example>; Ans\nOnderwerp: Vraag\n\nDag Jan"
    english = "From: Kim Contact <kim@bedrijf.example>\nSent: Tuesday, October 20, 2026 10:00 AM\nTo: jan@park.example\nSubject: Vraag\n\nDag Jan"
    for text in (dutch, english):
        mail = read_pasted(text)
        assert mail.sender == Address("kim@bedrijf.example", "Kim Contact")
        assert mail.sent_at == datetime(2026, 10, 20, 8, 0, tzinfo=UTC)
        assert (mail.subject, mail.text) == ("Vraag", "Dag Jan")
    assert read_pasted(dutch).to == (Address("jan@park.example", "Jan"), Address("", "Ans"))


def test_a_pasted_source_is_a_mail_and_a_bare_text_says_what_is_unknown():
    assert read_pasted(raw_mail().decode()).message_id == "een@bedrijf.example"
    bare = read_pasted("Kim belde: zij komen.\nTot dan: vrijdag")
    assert bare.text == "Kim belde: zij komen.\nTot dan: vrijdag"
    assert {Flaw.NO_SENDER, Flaw.NO_DATE} <= bare.flaws
    with pytest.raises(BrokenMailError):
        read_pasted("  \n ")


@pytest.mark.parametrize("text", ["3/4/2026 10:00", "gisteren", "31 februari 2026", "1 mei 99999", ""])
def test_a_moment_that_is_unclear_is_no_moment(text):
    assert moment_in_words(text) is None


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(
        [b"From: a@b.nl\n", b"Content-Type: multipart/mixed; boundary=x\nTo: ", b"Subject: =?utf-8?b?", b""]
    ),
)
def test_no_bytes_bring_the_reader_down(noise, head):
    try:
        mail = read_mail(head + noise)
    except BrokenMailError:
        return
    mail.text.encode()
    mail.subject.encode()
    assert mail.key
    assert all((address.email + address.name).encode() is not None for _role, address in mail.participants())
