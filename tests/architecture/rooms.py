"""The house as the architecture tests see it: rooms in layers, doors, and the source files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYERS = [
    {"accounts"},
    {"common"},
    {"rules"},
    {"messages"},
    {"contacts"},
    {"acquisition", "estate"},
    {"matching"},
    {"targets", "programme"},
    {"reports", "desk"},
    {"backoffice", "api", "portal"},
]
DOORS = {"backoffice", "api", "portal"}


def level(room: str) -> int:
    return next(number for number, rooms in enumerate(LAYERS) if room in rooms)


def room_of(module: str) -> str:
    """`crm.estate.models.places` lies in `estate`; `accounts.models` in `accounts`."""
    parts = module.split(".")
    return parts[1] if parts[0] == "crm" else parts[0]


def sources() -> list[Path]:
    """Every source file of the product but migrations."""
    return sorted(
        path
        for folder in ("accounts", "crm")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    )


def room_of_file(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    if parts[0] != "crm":
        return parts[0]
    return parts[1] if len(parts) > 2 else ""


def is_command(path: Path) -> bool:
    return "management" in path.parts


def is_door(path: Path) -> bool:
    """Doors read the clock and translate: the door rooms, every command, and the admin and pages of accounts."""
    entrance = path.relative_to(ROOT).parts[0] == "accounts" and path.stem in {
        "admin",
        "views",
        "forms",
        "middleware",
    }
    return room_of_file(path) in DOORS or is_command(path) or entrance
