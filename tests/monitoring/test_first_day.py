"""The first day of a lab, on which no slate can be shown, is no measure for the days after it."""

from mlops_lab.monitoring.facts import Facts
from mlops_lab.monitoring.tables import volume


def day(number: int, clicks: int) -> Facts:
    return Facts(day=number, rows={"clicks": clicks})


def test_a_day_without_rows_is_no_reference_for_the_same_weekday() -> None:
    past = [day(0, 0), *(day(number, 100) for number in range(1, 7))]
    assert all(check.ok for check in volume(day(7, 100), past))


def test_a_day_without_rows_still_fails_beside_days_that_had_some() -> None:
    past = [day(number, 100) for number in range(7)]
    assert [check.ok for check in volume(day(7, 0), past)] == [False]
