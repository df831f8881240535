"""Makes the messy files again: `python -m tests.data.make`. The right answers stand in `tests/desk/sheets/test_messy_files.py`."""

from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook

HERE = Path(__file__).parent

WINDOWS = """Bedrijfsnaam;KvK-nummer;Plaats;Opgericht;E-mail;Website;Opmerkingen
Café René B.V.;01234567;'s-Hertogenbosch;31-12-2019;info@rene.example;www.rene.example;"Omzet € 1,2 mln; groeit"
Müller & Zoon – Techniek;12345678;Enschede;1 mei 1998;;http://muller.example;
;;;;;;
Œuvre N.V.;;Hengelo;2020-02-29;;;"Twee
regels"
"""
DOUBLE = """,,Contact,,Ruimte,
Onderwerp,Organisatie,Naam,,Van m²,Tot m²,Huur per m²,Budget,Ingangsdatum,Soort ruimte
Lab,Acme B.V.,,,"12.500,50","13.000,00","1.250,-","€ 12.500,50",31-12-2026,Droog lab
Onderwerp,Organisatie,Naam,,Van m²,Tot m²,Huur per m²,Budget,Ingangsdatum,Soort ruimte
,,,,,,,,,
Kantoor,Acme B.V.,,,75,,175,"2,500.00",2027-01-31,Office
"""
TABS = "Volledige naam\tE-mailadres\tTelefoon\tFunctie\tBedrijf\n" + (
    "Zoë Ünal\tzoe@acme.example\t06-12345678\tDirecteur\tAcme B.V.\nמשה כהן\tmoshe@acme.example\t\t\t\n🚀 Raket\t\t\t\t\n"
)


def workbook() -> Workbook:
    """Typed cells: real dates, a KvK number that lost its zero, a merged title, two lines of heads, a second sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Bedrijven"
    sheet.append(["Bedrijven op het park 2026"])
    sheet.merge_cells("A1:F1")
    sheet.append([])
    sheet.append(["Bedrijf", None, None, "Bereikbaar", None, "Feiten"])
    sheet.merge_cells("A3:C3")
    sheet.merge_cells("D3:E3")
    sheet.append(["Naam", "KvK", "Plaats", "Telefoon", "E-mail", "Opgericht"])
    sheet.append(["Acme Twente", 1234567, "Enschede", "053 489 0000", None, datetime(2019, 12, 31)])  # noqa: DTZ001 as a workbook holds it
    sheet.append(["Beta", "12345678", "Hengelo", None, "beta@beta.example", date(2020, 1, 1)])
    sheet.append([None, None, None, None, None, None])
    sheet.append(["Gamma", 87654321.0, None, None, None, 43831])
    other = book.create_sheet("Kladblok")
    other.append(["niet van belang"])
    return book


def main() -> None:
    (HERE / "windows_semicolons.csv").write_bytes(WINDOWS.replace("\n", "\r\n").encode("cp1252"))
    (HERE / "double_heads.csv").write_bytes(DOUBLE.encode("utf-8-sig"))
    (HERE / "utf16_tabs.txt").write_bytes(TABS.encode("utf-16"))
    workbook().save(HERE / "typed_cells.xlsx")


if __name__ == "__main__":
    main()
