"""Plausible wrong answers for notebook 00."""

WRONG = {
    "00-1": [{"a", "b", "d"}, {"b", "c", "d"}, {"d", "g"}, {"b", "d", "e"}, {"b", "f", "g"}, ["b", "d", "z"], 3],
    "00-2": [36 / 2000, 18, 200 / 36, 36, 0.36, "a lot"],
}
