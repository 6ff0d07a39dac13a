"""The graph is read off signatures; what cannot run is said before anything runs."""

import pytest

from mlops_lab.errors import BadInput
from mlops_lab.pipeline import BrokenPipeline, Pipeline, step
from mlops_lab.pipeline.steps import checked, steps_of


def clicks(log):
    return log


def rates(clicks, prior=1):
    return clicks, prior


def report(rates, clicks):
    return rates


def prior():
    return 2


def order(functions, inputs):
    return [step.name for step in checked(steps_of(functions), inputs)]


def test_each_step_comes_after_what_it_takes():
    assert order([report, rates, clicks], {"log": 1}) == ["clicks", "rates", "report"]


def test_steps_without_edges_between_them_keep_their_order():
    assert order([prior, clicks], {"log": 1}) == ["prior", "clicks"]


def test_a_default_is_an_edge_when_there_is_such_a_step():
    assert order([rates, prior, clicks], {"log": 1}) == ["prior", "clicks", "rates"]


@pytest.mark.parametrize(
    "functions, inputs, sentence",
    [
        ([clicks], {}, "Step 'clicks' needs 'log', which is no step and no input; there are clicks"),
        ([clicks, rates], {"log": 1, "lag": 2}, "No step takes the input 'lag'; did you mean 'log'"),
        ([clicks], {"logs": 1}, "needs 'log', which is no step and no input; did you mean 'logs'"),
        ([clicks, rates], {"log": 1, "rates": 1}, "'rates' is an input and a step"),
    ],
)
def test_wrong_inputs_are_refused_with_the_nearest_name(functions, inputs, sentence, store, ledger):
    with pytest.raises(BrokenPipeline, match=sentence):
        Pipeline("p", tuple(functions)).run(store, ledger, inputs)
    assert not store.path.exists()
    assert not ledger.path.exists()


def test_a_circle_is_refused_and_shown():
    def a(c):
        return c

    def b(a):
        return a

    def c(b):
        return b

    with pytest.raises(BrokenPipeline, match="wait for each other: a -> b -> c -> a; let one of them"):
        Pipeline("p", (clicks, a, b, c))


def test_a_step_that_takes_itself_is_a_circle():
    def again(again):
        return again

    with pytest.raises(BrokenPipeline, match="again -> again"):
        Pipeline("p", (again,))


def test_two_steps_of_one_name_are_refused():
    with pytest.raises(BrokenPipeline, match="2 steps are called 'clicks'"):
        Pipeline("p", (clicks, clicks))


@pytest.mark.parametrize("wrong", [lambda x: x, 7, "clicks"])
def test_what_is_no_named_function_is_refused(wrong):
    with pytest.raises(BrokenPipeline, match="cannot be a step"):
        Pipeline("p", (wrong,))


def test_nameless_parameters_are_refused():
    def many(*tables, **more):
        return tables, more

    with pytest.raises(BrokenPipeline, match=r"takes \*tables; name every parameter"):
        Pipeline("p", (many,))


def test_a_broken_pipeline_is_bad_input():
    assert issubclass(BrokenPipeline, BadInput)


def test_recovering_without_datums_means_nothing():
    with pytest.raises(BrokenPipeline, match="Step 'clicks' recovers from datums that fail, but goes over none"):
        step(clicks, recover=print)


@pytest.mark.parametrize("more", [{"tries": 0}, {"workers": 0}])
def test_less_than_one_try_or_worker_is_refused(more):
    with pytest.raises(BrokenPipeline, match="expected 1 or more of each"):
        step(clicks, **more)
