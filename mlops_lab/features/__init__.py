"""What was known at the moment of asking: one definition of every feature, for training and for serving.

    log          the stored rows in columns of codes: who chose what on which day, what was shown, what recipes were
    as-of        using only what had arrived before the day of the question
    question     cooks, recipes and days, in shapes that broadcast: rows for training, a grid for serving
    feature      a named function of a question with an owner, in the catalogue and nowhere else
    view         a grid question as models see it: recipes, history, columns
    memory       a log that grows by a day without being read again

Reading order: `asof` (the one primitive), `log`, `question`, `catalogue`, `view`, `memory`, `examples` (labelled rows).
"""

from importlib import import_module

_HOMES = {
    "FEATURES": "catalogue", "PAIR": "catalogue", "RECIPE": "catalogue", "feature": "catalogue",
    "feature_rows": "view", "Memory": "memory",
}  # fmt: skip


def __getattr__(name: str) -> object:
    """The room's words, imported when first used: importing the room costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"mlops_lab.features has no attribute {name!r}.")
    return getattr(import_module(f"mlops_lab.features.{_HOMES[name]}"), name)
