"""A signature says what an artifact is for; what cannot fit is said before anything runs."""

from typing import Annotated, Any

import pytest

from mlops_lab.pipeline import DATASET, BrokenPipeline, Dataset, Metrics, Model, Pipeline, Report, step
from mlops_lab.pipeline.kinds import annotation, fits, kind_of, told, type_of


def transform(rows: list) -> Dataset:
    return rows


def trainer(transform: Dataset) -> Model:
    return {"rows": len(transform)}


def evaluator(trainer: Model) -> Metrics:
    return trainer


def refuse(functions, inputs, sentence, store, ledger):
    with pytest.raises(BrokenPipeline, match=sentence):
        Pipeline("p", tuple(functions)).run(store, ledger, inputs)
    assert not store.path.exists()
    assert not ledger.path.exists()


@pytest.mark.parametrize("said, kind", [
    (Dataset, "Dataset"), (Model, "Model"), (Metrics, "Metrics"), (Report, "Report"),
    (Annotated[dict, DATASET], "Dataset"), (dict, None), (Any, None), (Annotated[dict, "a remark"], None),
])  # fmt: skip
def test_a_kind_is_read_off_an_annotation(said, kind):
    assert kind_of(said) == kind


@pytest.mark.parametrize("made, wanted, fit", [
    (Dataset, Dataset, True), (Dataset, Model, False), (Dataset, Any, True), (Any, Model, True),
    (Annotated[dict, DATASET], Dataset, True), (Annotated[dict, DATASET], Annotated[list, DATASET], False),
    (dict, Model, True), (bool, int, True), (int, bool, False), (int, float, True), (float, int, False),
    (list[int], list[str], True), (list, dict, False), (int | None, str, True),
])  # fmt: skip
def test_what_is_not_said_fits_everything_and_what_is_said_is_held_to(made, wanted, fit):
    assert fits(made, wanted) is fit


def test_what_a_signature_does_not_say_or_cannot_resolve_is_anything():
    def loose(x, y: "NoSuchName") -> None:  # noqa: F821
        return None

    assert annotation(loose, "x") is annotation(loose, "y") is Any
    assert type_of(annotation(loose, "x")) is Any
    assert told(Annotated[dict, DATASET]) == "Dataset" and told(dict[str, int]) == "dict"


def test_kinds_that_fit_run(store, ledger):
    run = Pipeline("p", (transform, trainer, evaluator)).run(store, ledger, {"rows": [1, 2]})
    assert run.artifacts["evaluator"] == {"rows": 2}


def test_a_kind_in_the_wrong_place_is_refused_with_the_step_that_makes_the_right_one(store, ledger):
    def pusher(transform: Model) -> Report:
        return transform

    sentence = "Step 'pusher' takes 'transform' as Model, but 'transform' is Dataset; did you mean 'trainer'?"
    refuse([transform, trainer, pusher], {"rows": [1]}, sentence, store, ledger)


def test_an_input_of_the_wrong_type_is_refused(store, ledger):
    sentence = "Step 'transform' takes 'rows' as list, but 'rows' is int; hand over list or change the signature"
    refuse([transform], {"rows": 3}, sentence, store, ledger)


def test_a_table_is_no_list(store, ledger):
    import pandas as pd

    sentence = "Step 'transform' takes 'rows' as list, but 'rows' is DataFrame"
    refuse([transform], {"rows": pd.DataFrame({"x": [1]})}, sentence, store, ledger)


def test_one_of_many_is_not_compared_with_the_many(store, ledger):
    def doubled(rows: int) -> int:
        return 2 * rows

    def total(doubled: list) -> int:
        return sum(doubled)

    assert (
        Pipeline("p", (step(doubled, over="rows"), total)).run(store, ledger, {"rows": [1, 2]}).artifacts["total"] == 6
    )


def test_none_is_an_input_of_any_type(store, ledger):
    def length(rows: list) -> int:
        return len(rows or [])

    assert Pipeline("p", (length,)).run(store, ledger, {"rows": None}).artifacts["length"] == 0
