"""Invented names of companies, people, streets and buildings, drawn from word parts by a seeded generator."""

import random

FIRST = (
    "Aalder Berken Brink Dorren Eiken Elzen Geer Haver Hulst Kolk Koren Linde Lonne Maar Molen Noor Oever Peppel "
    "Riet Rogge Schans Slinge Stroom Tichel Vaar Venne Vonder Waar Weide Wilgen Zand Zuider"
).split()
SECOND = (
    "akker brink broek donk eind gaard haar hoek horst kamp kolk laar maat mark oord rade stee veld voort waard werf"
).split()
ABROAD_FIRST = "Skjol Rauta Ahren Velt Bran Kess Talv Hjel Zeph Corv Quel Drav Fenn Grim Isel Jarn Lumi Morv Ostr Tyrv".split()
ABROAD_SECOND = "vik vuo fels rix dahl stad mont heim strand gård berg lund mark sund holm ross".split()
TRADES = {
    "medtech": ("Diagnostics", "Imaging", "Biosensoren", "Implants", "Medical"),
    "chiptech": ("Chipdesign", "Semicon", "Photonics", "Wafers", "Microsystemen"),
    "materials": ("Membranen", "Coatings", "Composieten", "Polymeren", "Materials"),
    "robotics": ("Robotics", "Mechatronica", "Grijpers", "Motion", "Drones"),
    "smart_manufacturing": ("Fijnmechanica", "Productietechniek", "Sensing", "Instruments", "Systems"),
    "ai_smart_it": ("Analytics", "Software", "AI", "Data", "Vision"),
}
SERVICES = (
    "Advies",
    "Accountants",
    "Communicatie",
    "Catering",
    "Installatie",
    "Juristen",
    "Opleidingen",
    "Techniek",
)
GIVEN = (
    "Anna Bas Carlijn Daan Esra Femke Gijs Hanna Ilse Jelle Karin Lars Merel Niels Olga Pieter Quinten Roos Sanne Teun "
    "Ursula Vera Wout Yara Zoë Fatma Jeroen Ellen Henrik Ingrid Marta Luca Priya Chen Amara Tomás"
).split()
FAMILY = (
    "Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Brouwer Dijkstra Postma Kuipers Veenstra Kramer "
    "Scholten Willems Hoekstra Koster Prins Blom Huisman Yildiz Kaya Nguyen Rossi Novak Moen Solheim Lindqvist Weber"
).split()
STREETS = (
    "Kolkweg",
    "Lindenlaan",
    "Membraanstraat",
    "Fotonweg",
    "Sensorpad",
    "Waferstraat",
    "Robotlaan",
    "Essenkamp",
)
BUILDING_WORDS = ("Gebouw", "Hof", "Toren", "Hal", "Huis")


class Namer:
    """Draws names without repeating one."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.used: set[str] = set()

    def _fresh(self, draw) -> str:
        name = draw()
        while name in self.used:
            name = draw()
        self.used.add(name)
        return name

    def root(self) -> str:
        return self.rng.choice(FIRST) + self.rng.choice(SECOND)

    def company(self, application_area: str = "") -> str:
        words = TRADES.get(application_area, SERVICES)
        return self._fresh(lambda: f"{self.root()} {self.rng.choice(words)}")

    def foreign_company(self, application_area: str) -> str:
        words = TRADES[application_area]
        return self._fresh(
            lambda: (
                f"{self.rng.choice(ABROAD_FIRST)}{self.rng.choice(ABROAD_SECOND)} {self.rng.choice(words)}"
            )
        )

    def owner(self) -> str:
        return self._fresh(
            lambda: f"{self.root()} {self.rng.choice(('Vastgoed', 'Beheer', 'Beleggingen', 'Grond'))}"
        )

    def broker(self) -> str:
        return self._fresh(lambda: f"{self.root()} {self.rng.choice(('Bedrijfsmakelaars', 'Makelaardij'))}")

    def person(self) -> str:
        return self._fresh(lambda: f"{self.rng.choice(GIVEN)} {self.rng.choice(FAMILY)}")

    def building(self) -> str:
        return self._fresh(lambda: f"{self.rng.choice(BUILDING_WORDS)} {self.root()}")
