"""The one mapping between the names of the code (snake_case) and those of the API (lowerCamelCase), both ways.

`has_247_access` is `has247Access`, `area_m2` is `areaM2`, `floor_load_kn_m2` is `floorLoadKnM2`, `title_nl` is `titleNl`.
"""

import re
from functools import lru_cache
from typing import Any

WORD_START = re.compile(r"(?<=[a-z])(?=[0-9])|(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=1024)
def to_camel(name: str) -> str:
    """`area_m2` becomes `areaM2`: every word after the first begins with a capital."""
    first, *others = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def to_snake(name: str) -> str:
    """`areaM2` becomes `area_m2`: a capital begins a word, and so does a digit that follows a small letter."""
    return WORD_START.sub("_", name).lower()


def camelise(value: Any) -> Any:
    """The same structure with the keys of every object in lowerCamelCase."""
    if isinstance(value, dict):
        return {to_camel(key): camelise(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [camelise(item) for item in value]
    return value


def to_pointer(field: str) -> str:
    """The JSON pointer of a field: `parts.0.area_m2` becomes `/parts/0/areaM2`; a pointer or a query key stays as it is."""
    if not field or field.startswith(("/", "?")):
        return field
    return "".join(f"/{to_camel(step)}" for step in field.split("."))


def key_pointer(key: str) -> str:
    """The JSON pointer of a member with this very name."""
    return "/" + key.replace("~", "~0").replace("/", "~1")
