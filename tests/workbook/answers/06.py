"""Plausible wrong answers for notebook 06."""

import math
from statistics import fmean, median


def averages(mine, others):
    return [fmean(one[: len(mine)]) for one in others if len(one) >= len(mine)]


def ready(mine, others, start_step, least):
    return len(mine) >= start_step and len(averages(mine, others)) >= least


def last_report(mine, others, start_step=2, least=3):
    return ready(mine, others, start_step, least) and mine[-1] < median(averages(mine, others))


def mean_of_others(mine, others, start_step=2, least=3):
    return ready(mine, others, start_step, least) and max(mine) < fmean(averages(mine, others))


def same_step(mine, others, start_step=2, least=3):
    at = [one[len(mine) - 1] for one in others if len(one) >= len(mine)]
    return ready(mine, others, start_step, least) and max(mine) < median(at)


def final_reports(mine, others, start_step=2, least=3):
    return ready(mine, others, start_step, least) and max(mine) < median(fmean(one) for one in others)


def too_few(mine, others, start_step=2, least=3):
    found = averages(mine, others)
    return bool(found) and len(mine) >= start_step and max(mine) < median(found)


def nobody(mine, others, start_step=2, least=3):
    return max(mine) < median(averages(mine, others) or [9.0])


def from_the_start(mine, others, start_step=2, least=3):
    return len(averages(mine, others)) >= least and max(mine) < median(averages(mine, others))


def at_the_median(mine, others, start_step=2, least=3):
    return ready(mine, others, start_step, least) and max(mine) <= median(averages(mine, others))


def whoever_is_there(mine, others, start_step=2, least=3):
    found = [fmean(one[: len(mine)]) for one in others]
    return len(mine) >= start_step and len(found) >= least and max(mine) < median(found)


def never(mine, others, start_step=2, least=3):
    return False


def in_words(mine, others, start_step=2, least=3):
    return "stop"


def exactly(value, low, high):
    return value in (low, high)


def linear(value, low, high):
    return not 0.02 < (value - low) / (high - low) < 0.98


def upper_only(value, low, high):
    return math.log(value / low) / math.log(high / low) >= 0.98


def generous(value, low, high):
    return not 0.1 < math.log(value / low) / math.log(high / low) < 0.9


def how_far(value, low, high):
    return math.log(value / low) / math.log(high / low)


WRONG = {
    "06-1": [
        last_report, mean_of_others, same_step, final_reports, too_few, nobody, from_the_start, at_the_median,
        whoever_is_there, never, in_words,
    ],
    "06-2": [
        {"promised": 0.0, "fresh": 0.0},
        {"promised": 0.019, "fresh": 0.019},
        {"promised": 0.19, "fresh": 0.0},
        {"promised": 0.01, "fresh": 0.0},
        {"promised": 0.019, "fresh": -0.01},
        {"promised": "high", "fresh": 0.0},
        0.019,
    ],
    "06-3": [exactly, linear, upper_only, generous, how_far],
}  # fmt: skip
