"""Judges of notebook 00: what are we going to own?"""

from typing import Any

_ADDED = {"b", "d", "g"}
_NOT_ADDED = {
    "a": "a) More machines make training faster; they do not tell which data a program was learned from.",
    "c": "c) A newer model is a change of the program. Ask what has to be there whatever the model is.",
    "e": "e) Code review came with DevOps. What is there to review when nobody wrote the program?",
    "f": "f) A restart helps a program that leaks; a learned program goes wrong because the world has changed.",
}
REQUESTS, SLATE, CLICKS = 200, 10, 36


def question_marks(answer: Any) -> list[str]:
    """Three letters of seven: what stands beside orchestration and delivery when the program is learned."""
    try:
        chosen = {str(letter).strip().lower() for letter in answer}
    except TypeError:
        return [f"Found {type(answer).__name__}; expected three letters, as in {{'a', 'c', 'e'}}."]
    unknown = sorted(chosen - _ADDED - _NOT_ADDED.keys())
    if unknown:
        return [f"{unknown[0]!r} is none of the letters a to g."]
    wrong = [_NOT_ADDED[letter] for letter in sorted(chosen - _ADDED)]
    if not wrong and len(chosen) < 3:
        wrong.append(f"So far so good, but {len(chosen)} of 3: there is one for what goes in, one for what is learned, "
                     "one for what happens afterwards.")  # fmt: skip
    return wrong


def click_rate(answer: Any) -> list[str]:
    """Clicks a request, from 200 requests with slates of 10 and 36 clicks."""
    try:
        rate = float(answer)
    except (TypeError, ValueError):
        return [f"Found {type(answer).__name__}; expected a number, such as 0.5."]
    near = {
        CLICKS
        / REQUESTS
        / SLATE: "That is clicks for each recipe shown. The report counts requests: one slate, one chance.",
        CLICKS / REQUESTS * 100: "That is in per cent. The report gives a share between 0 and 1.",
        REQUESTS / CLICKS: "That is requests for each click, the inverse of the rate.",
        float(CLICKS): "That is the number of clicks. A rate is a share of something: of what?",
    }
    if abs(rate - CLICKS / REQUESTS) <= 0.0005:
        return []
    for other, said in near.items():
        if abs(rate - other) <= 0.01 * other:
            return [said]
    return ["Divide the clicks by the number of times a cook was asked to choose."]
