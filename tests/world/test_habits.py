"""Markets ask at their own hours, on their own weekends and holidays, and mind time differently."""

from datetime import date, timedelta

import numpy as np

from mlops_lab.world import World
from mlops_lab.world.cooks import DIETS, MARKETS, Cooks
from mlops_lab.world.habits import MINUTES, WEEK, asking, haste, minute
from mlops_lab.world.holidays import HOLIDAYS, easter


def test_a_week_has_seven_mean_days_in_every_market():
    assert WEEK.shape == (len(MARKETS), 7) and np.allclose(WEEK.mean(axis=1), 1)


def test_requests_are_numbered_in_order_of_time_and_each_market_is_busy_at_its_own_hour():
    world = World(7)
    clock, asked = world.clock(5), world.requests(5)
    assert len(clock) == len(asked) and (np.diff(clock) >= 0).all() and 0 <= clock[0] <= clock[-1] < MINUTES
    cooks = world.play(0, world.truth().oracle).tables["cooks"].set_index("cook")["market"]
    market = cooks.reindex(asked.cook).to_numpy()
    busiest = {name: np.bincount(clock[market == name] // 60 // 3, minlength=8).argmax() for name in set(market)}
    assert busiest["australia"] < busiest["uk"] < busiest["usa"]


def test_the_clock_is_the_inverse_of_the_share_that_has_asked():
    u = (np.arange(10_000) + 0.5) / 10_000
    for code in range(len(MARKETS)):
        minutes = minute(np.full(len(u), code), u)
        assert (np.diff(minutes) >= 0).all() and len(np.unique(minutes // 60)) == 24
    assert np.bincount(minute(np.zeros(len(u), dtype=int), u) // 60).argmax() == 17


def test_the_weekend_has_time_to_cook():
    friday, saturday = date(2025, 3, 7), date(2025, 3, 8)
    assert (haste(saturday) < haste(friday)).all() and haste(friday).argmax() == MARKETS.index("usa")


def test_easter_falls_where_the_almanac_says():
    known = {2008: (3, 23), 2019: (4, 21), 2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2038: (4, 25)}
    assert {year: (easter(year).month, easter(year).day) for year in known} == known
    assert all(easter(year).weekday() == 6 for year in range(1990, 2060))


def test_a_holiday_grows_over_its_lead_and_ends_on_its_day():
    thanksgiving = next(h for h in HOLIDAYS if h.name == "Thanksgiving")
    days = [date(2025, 11, 22) + timedelta(days=n) for n in range(8)]
    assert np.allclose([thanksgiving.force(day) for day in days], [0, 0.2, 0.4, 0.6, 0.8, 1, 0, 0])


def test_only_the_market_that_keeps_a_holiday_is_busy_and_wishes_for_its_dishes():
    there = dict(zip(MARKETS, asking(date(2025, 7, 4)) / WEEK[:, 4], strict=True))
    assert np.isclose(there.pop("usa"), 1.25) and np.allclose([*there.values()], 1)
    world = World(7)
    ordinary, fourth = (world._choice.by_kind(day).reshape(len(MARKETS), len(DIETS), -1) for day in (121, 123))
    american = world._recipes.fits("american")
    gain = np.log(fourth[:, 0] / ordinary[:, 0])
    assert gain[1, american].mean() > gain[1, ~american].mean() + 0.15
    assert abs(gain[0, american].mean() - gain[0, ~american].mean()) < 0.05


def test_markets_differ_in_diet_and_the_company_on_the_whole_eats_as_before():
    cooks = Cooks(7, 20_000)
    shares = np.array([[(cooks.diet[cooks.market == m] == d).mean() for d in range(3)] for m in range(3)])
    assert shares[0, 2] > 1.4 * shares[1:, 2].max()
    assert np.allclose([(cooks.diet == d).mean() for d in range(3)], [0.91, 0.065, 0.025], atol=0.006)
