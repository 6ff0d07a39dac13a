"""Laws of the training pipeline: TFX's components, joined by edges inside a run and by metadata between runs."""

import numpy as np
import pytest

from mlops_lab.data.contracts import promised
from mlops_lab.delivery import release
from mlops_lab.lab import training
from mlops_lab.lab.candidates import BASELINE
from mlops_lab.lab.pushing import Registered, execute
from mlops_lab.lab.training import (
    TRAINING,
    evaluator,
    example_validator,
    resolver,
    schema_gen,
    statistics_gen,
    trainer,
    transform,
)  # fmt: skip
from mlops_lab.pipeline.isolated import call, target_of, write
from mlops_lab.pipeline.steps import step_of

COMPONENTS = [
    "example_gen", "statistics_gen", "schema_gen", "example_validator", "transform", "trainer", "resolver", "evaluator",
    "infra_validator", "pusher", "bulk_inferrer",
]  # fmt: skip


def run(lab, **more):
    return execute(lab, lab.data, lab.memory(), Registered(lab.registry, lab.registry.champion()), **more)


def states(done):
    return {one.name: one.state for one in done.steps}


def test_the_steps_are_the_components_of_tfx_and_few_others():
    names = {step_of(one).name for one in TRAINING.steps}
    assert set(COMPONENTS) <= names and len(names) - len(COMPONENTS) <= 4
    assert all(
        "TFX" in (step_of(one).function.__doc__ or "") for one in TRAINING.steps if step_of(one).name in COMPONENTS
    )


def test_the_schema_is_the_contract_that_people_agreed_on():
    schema = schema_gen()
    assert (
        set(schema) == set(promised()) and schema["recipes"]["minutes"]["high"] == promised()["recipes"]["minutes"].high
    )


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ({"columns": {"minutes": {"count": 9, "missing": 1, "min": 1.0, "max": 9.0}}}, "1 of 9 minutes are missing"),
        ({"columns": {"minutes": {"count": 9, "missing": 0, "min": -4.0, "max": 9.0}}}, "minutes goes from -4 to 9"),
        ({"columns": {"season": {"count": 9, "missing": 0, "top": {"monsoon": 9}}}}, "'monsoon' is no season"),
        ({"choices": 0}, "0 choices found, at least 1 needed"),
    ],
)
def test_statistics_are_held_against_the_schema(lab, harm, said):
    sound = statistics_gen(lab.memory().log())
    assert example_validator(sound, schema_gen()) == []
    found = example_validator({**sound, **harm}, schema_gen())
    assert len(found) == 1 and said in found[0]


def test_the_model_to_beat_is_the_champion_and_not_the_latest(lab):
    def beaten() -> bytes:
        return resolver(Registered(lab.registry, lab.registry.champion()))["model"].tobytes()

    latest = lab.registry.versions()[-1].number
    assert latest > 1 and beaten() == lab.registry.load(1)
    release.promote(lab.registry, latest, who="test", why="Better.", day=8)
    assert beaten() == lab.registry.load(latest)
    release.rollback(lab.registry, who="test", why="Worse.", day=8)
    assert beaten() == lab.registry.load(1)
    assert resolver(Registered(lab.registry, None)) == {}


def test_a_promotion_is_seen_by_the_cache_and_a_version_more_is_not(lab):
    first = run(lab)
    lab.train()
    assert set(states(run(lab)).values()) == {"skipped", "omitted"}
    release.promote(lab.registry, 2, who="test", why="Better.", day=8)
    again = states(run(lab))
    assert again["resolver"] == again["evaluator"] == "ran" and again["example_gen"] == again["schema_gen"] == "skipped"
    assert states(first)["bulk_inferrer"] == "omitted", "nothing was pushed"


def test_every_candidate_is_judged_by_slice_and_one_that_fails_one_is_not_blessed(lab, monkeypatch):
    blessed = training.bless(np.arange(1.0, 41), np.zeros(40))
    monkeypatch.setattr(training, "bless", lambda *_, **__: blessed)
    told = training.judged

    def one_fails(*values):
        return {"diet vegan": {**next(iter(told(*values).values())), "fails": "Slice diet vegan got worse."}}

    monkeypatch.setattr(training, "judged", one_fails)
    found = lab.train()
    assert not found["blessed"] and found["reasons"] == [*blessed.reasons, "Slice diet vegan got worse."]
    assert set(found["slices"]["diet vegan"]) == {"cooks", "candidate", "rival", "difference", "fails"}
    monkeypatch.undo()
    names = {name.split()[0] for name in run(lab, force=True).artifacts["evaluator"]["slices"]}
    assert names == {"market", "diet", "cook", "cuisine", "recipes"}


def test_what_is_pushed_leaves_lists_for_every_cook(lab, monkeypatch):
    blessed = training.bless(np.arange(1.0, 41), np.zeros(40))
    monkeypatch.setattr(training, "bless", lambda *_, **__: blessed)
    told = lab.train()
    assert told["blessed"] and lab.registry.version(told["version"]).blessed
    done = run(lab)
    assert done.artifacts["pusher"] == {"pushed": 1, "digest": told["digest"], "reasons": told["reasons"]}
    assert done.artifacts["bulk_inferrer"]["cook"].nunique() == len(lab.memory().log().cooks)


def test_every_step_can_be_run_by_its_name_on_files(lab, tmp_path):
    ours = run(lab)
    for one in map(step_of, TRAINING.steps):
        if {"data", "registry"} & set(one.needs) or one.name == "bulk_inferrer":
            continue
        for name in one.needs:
            write(ours.artifacts[name], tmp_path / "in" / one.name / name)
        inputs = {name: str(tmp_path / "in" / one.name / name) for name in one.needs}
        made = call(target_of(one.function), inputs, tmp_path / "out" / one.name)
        write(ours.artifacts[one.name], tmp_path / "ours" / one.name)
        (here,), (there,) = ((tmp_path / place / one.name).iterdir() for place in ("ours", "out"))
        assert made is not None and here.name == there.name and here.read_bytes() == there.read_bytes(), one.name


def test_the_choice_does_not_depend_on_the_order_in_which_models_come(lab):
    log = lab.memory().log()
    models = trainer(log, transform(log, log.days, []), log.days)
    turned = dict(sorted(models.items(), reverse=True))
    assert evaluator(log, turned, log.days, {}) == evaluator(log, models, log.days, {})
    assert evaluator(log, turned, log.days, {})["chosen"] == "popularity-recent"  # nothing to judge: the simplest


def test_the_baseline_beside_everything_is_popularity(lab):
    assert lab.registry.version(lab.train()["baseline"]).kind == BASELINE
