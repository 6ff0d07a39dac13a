"""The lab and its world together: the closed loop, incidents with a known start, and what only the world knows.

    loop           day after day: cooks ask, the lab answers, the day is taken in
    incident       trouble with a known start; the world's arrive as traffic, the lab's through a declared seam
    fast-forward   a workspace as it is on some day, from a cache when it was played before
    study          a long statistic over many seeds, or over many moments at which a lab is killed

Reading order: `loop`, `seams`, `forward`, then the studies, one module each. Only this room knows both the lab and the world.
"""


def __getattr__(name: str) -> object:
    if name in ("run_loop", "play"):
        from mlops_lab.rehearsal import loop

        return getattr(loop, name)
    if name == "fast_forward":
        from mlops_lab.rehearsal.forward import fast_forward

        return fast_forward
    if name == "traces":
        from mlops_lab.rehearsal.nans import traces

        return traces
    if name == "corrupted":
        from mlops_lab.rehearsal.corruption import corrupted

        return corrupted
    raise AttributeError(f"mlops_lab.rehearsal has no attribute {name!r}.")
