"""What the world itself must remember: who has opened which recipe lately, and what was opened on each day."""

import numpy as np

RESTS = 28  # days until a recipe is as tempting again as it was
_NEVER = np.iinfo(np.int16).min


class Memory:
    """The clicks so far, as pairs of cook and recipe numbers by day."""

    def __init__(self) -> None:
        self._last = np.full((0, 0), _NEVER, dtype=np.int16)
        self._days: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def seen(self, day: int, cook: np.ndarray, recipe: np.ndarray) -> np.ndarray:
        """Whether each cook opened each recipe in the RESTS days before the day; cook and recipe broadcast."""
        if not self._last.size:
            return np.zeros(np.broadcast_shapes(cook.shape, recipe.shape), dtype=bool)
        rows, columns = self._last.shape
        inside = (cook < rows) & (recipe < columns)
        last = self._last[np.minimum(cook, rows - 1), np.minimum(recipe, columns - 1)]
        # Unsigned numbers wrap, so one comparison holds both ends: opened before the day, and not too long before.
        return inside & (np.uint16((day - 1) % 2**16) - last.view(np.uint16) < RESTS)

    def on(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """The clicks of one day: cook and recipe numbers."""
        nothing = np.zeros(0, dtype=np.int64)
        return self._days.get(day, (nothing, nothing))

    def write(self, day: int, cook: np.ndarray, recipe: np.ndarray) -> None:
        """Keep a day's clicks. What was remembered of that day and of later ones is forgotten first."""
        self.forget(day)
        self._days[day] = (cook, recipe)
        self._note(day, cook, recipe)

    def forget(self, day: int) -> None:
        """Go back to the morning of a day."""
        if any(known >= day for known in self._days):
            self._days = {known: pairs for known, pairs in self._days.items() if known < day}
            self._last[:] = _NEVER
            for known in sorted(self._days):
                self._note(known, *self._days[known])

    def _note(self, day: int, cook: np.ndarray, recipe: np.ndarray) -> None:
        if len(cook):
            self._reserve(int(cook.max()) + 1, int(recipe.max()) + 1)
            np.maximum.at(self._last, (cook, recipe), np.int16(day))

    def _reserve(self, cooks: int, recipes: int) -> None:
        rows, columns = self._last.shape
        if cooks <= rows and recipes <= columns:
            return
        grown = np.full((max(rows, cooks + cooks // 8), max(columns, recipes + recipes // 8)), _NEVER, dtype=np.int16)
        grown[:rows, :columns] = self._last
        self._last = grown
