"""The lab and its world together: the closed loop, incidents with a known start, and what only the world knows.

    loop           day after day: cooks ask, the lab answers, the day is taken in
    incident       trouble with a known start; the world's arrive as traffic, the lab's through a declared seam
    fast-forward   a workspace as it is on some day, from a cache when it was played before
    season         a ladder of models judged on the log of a champion, and by the true click rate
    study          a long statistic over many seeds, or over many moments at which a lab is killed

Reading order: `loop`, `seams`, `forward`, `nans`, then the studies, one module each. Only this room knows both the lab
and the world.
"""

from mlops_lab.doors import door

_HOMES = {
    "run_loop": "loop", "play": "loop", "fast_forward": "forward", "traces": "nans", "corrupted": "corruption",
    "Judge": "worth", "left_out": "worth", "beside_noise": "worth", "drilled": "drill",
}  # fmt: skip

__getattr__ = door(__name__, _HOMES)
