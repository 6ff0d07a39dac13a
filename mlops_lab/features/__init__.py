"""What was known at the moment of asking: one definition of every feature, for training and for serving.

    log          the stored rows in columns of codes: who chose what on which day, what was shown, what recipes were
    as-of        using only what had arrived before the day of the question
    question     cooks, recipes and days, in shapes that broadcast: rows for training, a grid for serving
    feature      a named function of a question with an owner, in the catalogue and nowhere else
    view         a grid question as models see it: recipes, history, columns
    memory       a log that grows by a day without being read again

Reading order: `asof` (the one primitive), `log`, `question`, `catalogue`, `view`, `memory`, `examples` (labelled rows).
"""

from mlops_lab.doors import door

_HOMES = {
    "FEATURES": "catalogue", "PAIR": "catalogue", "RECIPE": "catalogue", "feature": "catalogue",
    "feature_rows": "view", "Memory": "memory",
}  # fmt: skip

__getattr__ = door(__name__, _HOMES)
