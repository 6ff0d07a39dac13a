"""Judges of notebook 14: what happens when it runs alone for a season?"""

from typing import Any

TURNED, EVERY, ENOUGH, CANARY = 30, 7, 7, 7  # as the exercise tells
_LEARNED = TURNED + ENOUGH - 1  # the last of the full days that are needed
_TRAINED = next(day for day in range(EVERY - 1, 100, EVERY) if day >= _LEARNED)
_DECIDED = _TRAINED + CANARY


def first_day(answer: Any) -> list[str]:
    """The first day on which a champion that knows the new taste serves all cooks."""
    try:
        day = float(answer)
    except (TypeError, ValueError):
        return [f"Found {type(answer).__name__}; expected the number of a day, such as 30."]
    if day == _DECIDED + 1:
        return []
    early = _TRAINED - EVERY
    said = {
        _DECIDED: f"On the evening of day {_DECIDED} it is decided. Whom do cooks meet on that day, whom on the next?",
        _TRAINED + 1: f"On day {_TRAINED + 1} the canary starts: some of the cooks, not all of them.",
        _TRAINED: f"On the evening of day {_TRAINED} it is trained. It still has to prove itself.",
        early
        + CANARY
        + 1: f"You counted from the training of day {early}. How many full days of the new taste were there?",
        _LEARNED + 1: "After seven days there is enough to learn from, but the lab trains on certain evenings only.",
        TURNED + EVERY: "That is one week. Which waits come one after another, and not at the same time?",
    }
    if day in said:
        return [said[int(day)]]
    if day <= TURNED:
        return [f"Tastes turn on day {TURNED}; a champion that knows them cannot serve before."]
    return [
        f"Not day {answer}. Go wait by wait: seven full days, the next training, seven days of canary, the morning."
    ]


ACTIONS = ("roll back", "hold training", "retrain", "nothing")
_BEST = {"A": "roll back", "B": "hold training", "C": "retrain"}
_OTHERWISE = {
    ("A", "hold training"): "A: the data are sound. It is the served version that hurts the cooks, now.",
    (
        "A",
        "retrain",
    ): "A: a training takes until tonight and a canary a week; the version before is well and one move away.",
    ("A", "nothing"): "A: two cooks in three who used to click no longer do. The holdback tells whose fault it is.",
    (
        "B",
        "roll back",
    ): "B: the champion does not read kcal, so the version before would serve neither better nor worse.",
    ("B", "retrain"): "B: retrain on what? Tonight's rows say four times the kcal, and the ranker would believe them.",
    ("B", "nothing"): "B: nobody is hurt yet. But what happens tonight, when the ranker is trained on these rows?",
    (
        "C",
        "roll back",
    ): "C: the holdback is the version before, and it lost as much. What would going back to it bring?",
    ("C", "hold training"): "C: the rows are sound, only new. What is there to be learned, if not this?",
    ("C", "nothing"): "C: it will not pass by itself: both versions answer cooks who are no longer there.",
}


def mornings(answer: Any) -> list[str]:
    """What to do on each of three mornings."""
    if not isinstance(answer, dict) or set(map(str, answer)) != set(_BEST):
        return ['Expected an action for each of the three: {"A": ..., "B": ..., "C": ...}.']
    done = {str(case): str(action).strip().lower() for case, action in answer.items()}
    for case in sorted(done):
        if done[case] not in ACTIONS:
            return [f"{case}: {done[case]!r} is none of {', '.join(ACTIONS)}."]
    return [_OTHERWISE[case, done[case]] for case in sorted(done) if done[case] != _BEST[case]]
