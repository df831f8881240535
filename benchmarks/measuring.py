"""Interleaved timing and a bootstrap interval of the ratio of medians."""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

RESAMPLES = 1_000


@dataclass
class Series:
    """Times of one target in milliseconds, with what the last answer said of itself."""

    name: str
    call: Callable[[], tuple[int, int]]
    milliseconds: list[float] = field(default_factory=list)
    size: int = 0
    queries: int = 0

    def once(self) -> None:
        started = time.perf_counter()
        self.size, self.queries = self.call()
        self.milliseconds.append((time.perf_counter() - started) * 1000)

    @property
    def p50(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        return sorted(self.milliseconds)[int(len(self.milliseconds) * 0.95)]


def interleave(targets: list[Series], rounds: int, warm_up: int = 5) -> None:
    """Time the targets in turns, so that whatever slows the machine slows them alike."""
    for _round in range(warm_up):
        for target in targets:
            target.call()
    for _round in range(rounds):
        for target in targets:
            target.once()


def ratio(ours: list[float], floor: list[float]) -> tuple[float, float, float]:
    """The ratio of medians with its 95 % bootstrap interval."""
    rng = random.Random(1)  # noqa: S311 resampling
    ratios = sorted(
        statistics.median(rng.choices(ours, k=len(ours)))
        / statistics.median(rng.choices(floor, k=len(floor)))
        for _sample in range(RESAMPLES)
    )
    middle = statistics.median(ours) / statistics.median(floor)
    return middle, ratios[int(RESAMPLES * 0.025)], ratios[int(RESAMPLES * 0.975)]
