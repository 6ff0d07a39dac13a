"""Plausible wrong answers for notebook 05."""

import math


def weight(place):
    return 1 / math.log2(place + 2)


def gain(ranked, chosen, k=10):
    return sum(weight(place) for place, recipe in enumerate(ranked[:k]) if recipe in chosen)


def precision(ranked, chosen, k=10):
    return len(set(ranked[:k]) & chosen) / k


def recall(ranked, chosen, k=10):
    return len(set(ranked[:k]) & chosen) / len(chosen)


def every_place_ideal(ranked, chosen, k=10):
    return gain(ranked, chosen, k) / sum(weight(place) for place in range(k))


def ideal_of_all_chosen(ranked, chosen, k=10):
    return gain(ranked, chosen, k) / sum(weight(place) for place in range(len(chosen)))


def no_cut(ranked, chosen, k=10):
    return gain(ranked, chosen, len(ranked)) / sum(weight(place) for place in range(min(k, len(chosen))))


def always_ten(ranked, chosen, k=10):
    return gain(ranked, chosen, 10) / sum(weight(place) for place in range(min(10, len(chosen))))


def by_rank(ranked, chosen, k=10):
    """Discounted by 1 / place."""
    found = sum(1 / (place + 1) for place, recipe in enumerate(ranked[:k]) if recipe in chosen)
    return found / sum(1 / (place + 1) for place in range(min(k, len(chosen))))


def short_ideal(ranked, chosen, k=10):
    return gain(ranked, chosen, k) / sum(weight(place) for place in range(min(k, len(chosen), len(ranked))))


def in_words(ranked, chosen, k=10):
    return "good"


def by_event(train, test):
    return bool(train["day"].max() >= test["day"].min())


def never(train, test):
    return False


def by_event_unless_late(train, test):
    return bool((train["day"].max() >= test["day"].min()) and (train["arrived"].max() >= test["arrived"].min()))


def last_and_first(train, test):
    return bool(train["arrived"].iloc[-1] >= test["arrived"].iloc[0])


def later_only(train, test):
    return bool(train["arrived"].max() > test["arrived"].min())


def how_many(train, test):
    return int((train["arrived"] >= test["arrived"].min()).sum())


WRONG = {
    "05-1": [
        gain,
        precision,
        recall,
        every_place_ideal,
        ideal_of_all_chosen,
        no_cut,
        always_ten,
        by_rank,
        short_ideal,
        in_words,
    ],
    "05-2": [by_event, never, by_event_unless_late, last_and_first, later_only, how_many],
}
