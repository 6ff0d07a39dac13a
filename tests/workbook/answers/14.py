"""Plausible wrong answers for notebook 14."""


def mornings(a="roll back", b="hold training", c="retrain"):
    return {"A": a, "B": b, "C": c}


WRONG = {
    "14-1": [48, 42, 41, 37, 30, 56, "soon"],
    "14-2": [
        *(mornings(a=action) for action in ("hold training", "retrain", "nothing")),
        *(mornings(b=action) for action in ("roll back", "retrain", "nothing")),
        *(mornings(c=action) for action in ("roll back", "hold training", "nothing")),
        mornings(c="pray"),
        "roll back",
    ],
}
