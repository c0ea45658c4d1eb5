"""The stage on which one full shop is drawn: its seed, its days and their season, its world."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from transforms.simulator.full_world import FullWorld
from transforms.simulator.season import Season, season
from transforms.simulator.world import stream


@dataclass(frozen=True, slots=True)
class Setting:
    """What every part of the full world is drawn from. Days are counted from `first`, which is 0."""

    seed: int
    first: date
    days: int
    season: Season
    world: FullWorld

    def stream(self, part: str) -> np.random.Generator:
        """Random numbers of one part of the world; see `transforms.simulator.world.stream`."""
        return stream(self.seed, part)


def setting(seed: int, first: date, until: date, world: FullWorld) -> Setting:
    """The setting of a shop from `first` to the end of `until`. Raises ValueError for no day or a negative seed."""
    days = (until - first).days + 1
    if days < 1:
        raise ValueError(f"a shop needs a day; {until} lies before {first}")
    stream(seed, "")  # a negative seed is refused before anything is drawn
    return Setting(seed, first, days, season(first, until), world)
