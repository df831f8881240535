"""How likely leads go on from a stage, with the interval that so many cases allow. Pure; needs scipy."""

from scipy.stats import beta

INTERVAL = 0.8
DECIMALS = 4


def chance(advanced: int, left: int) -> float:
    """(s + ½) / (n + 1): between nothing known (½) and the share observed."""
    return round((advanced + 0.5) / (left + 1), DECIMALS)


def jeffreys(advanced: int, left: int, interval: float = INTERVAL) -> tuple[float, float]:
    """The central Jeffreys interval of a share: s of n, by Beta(s + ½, n − s + ½)."""
    if not 0 <= advanced <= left:
        raise ValueError(f"{advanced} of {left} is no share")
    tail = (1 - interval) / 2
    low, high = beta.ppf([tail, 1 - tail], advanced + 0.5, left - advanced + 0.5)
    return round(float(low), DECIMALS), round(float(high), DECIMALS)
