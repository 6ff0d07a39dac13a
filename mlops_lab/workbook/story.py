"""The loop that a run of the workbook tells beside its notebooks, and where its champion comes from."""

import tempfile
from pathlib import Path

from mlops_lab.workbook.page import Story

DAYS, INCIDENT, SEED = 56, "unit-change@35", 7


def story() -> Story:
    """Eight weeks of the default lab with one incident, in a workspace that is thrown away."""
    from mlops_lab.lab import Lab
    from mlops_lab.lab.lineage import graph
    from mlops_lab.rehearsal.loop import run_loop

    with tempfile.TemporaryDirectory() as folder:
        told = run_loop(Path(folder) / "lab", days=DAYS, seed=SEED, incidents=[INCIDENT])
        lab = Lab(Path(folder) / "lab")
        told["checks"] = [{"day": e["day"], **check} for e in lab.evenings() for check in e["checks"]]
        nodes, edges = graph(lab)
    return Story(told, nodes, edges)
