"""How good a model is, how sure that is, and whether it is sure enough.

    ranking    every recipe a cook has not chosen yet, best first (full ranking, never a sample)
    truth      what each cook chose afterwards
    metric     one number a cook; reported as value with a 95 % interval over cooks
    paired     two models on the same cooks: the difference, cook by cook
    blessing   the paired interval over the champion lies above zero
    slice      some of the cooks, or of what they chose; a model is judged on each
    exposure   what the places of a list are worth to the recipes in it; parity holds it against a fair share
    behaviour  what a model must do whatever its metric says; the checklist holds all that are asked
    off-policy what another model would have earned, from the lot in the last place of each slate
    held out   rows set aside to choose with; the test rows are looked at once, at the end

Reading order: `metrics`, `intervals`, `evaluate`, `blessing`; `slices`, `inclusion`, `behaviour`, `checklist`; then
`held_out`, `choice`, `compare` for any public data; `offpolicy`.
"""

from mlops_lab.doors import door

_HOMES = {
    "ranked": "evaluate", "per_cook": "evaluate", "paired": "intervals", "bless": "blessing", "of_lab": "slices",
    "by_slice": "slices", "judged": "slices", "exposure": "inclusion", "parity": "inclusion", "gini": "inclusion",
    "flipped": "inclusion", "tried": "checklist",
}  # fmt: skip

__getattr__ = door(__name__, _HOMES)
