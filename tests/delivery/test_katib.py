"""What is exported, Katib would take; what it would refuse, or silently ignore, is said in a sentence."""

from copy import deepcopy

import pytest
import yaml

from mlops_lab.delivery import katib
from mlops_lab.errors import BadInput
from mlops_lab.lab.tuning import SPACES, experiment
from mlops_lab.models.experiment import Experiment, Parameter

WORDS = {"image": "lab@sha256:0", "command": ["mlops-lab", "tune", "item-knn"], "place": "/w", "claim": "kitchen"}
FULL = Experiment(
    "all-kinds",
    (Parameter("n_steps", "int", 1, 9, step=2), Parameter("rate", "double", 0.1, 1),
     Parameter("kind", "categorical", values=("a", 2))),
    metric="gain", goal=0.5, algorithm="random", early_stopping=None,
)  # fmt: skip


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The Experiment of item-knn as it was written, read back."""
    told = katib.export(experiment("item-knn"), tmp_path_factory.mktemp("katib") / "out", **WORDS)
    with open(told["file"], encoding="utf-8") as file:
        return yaml.safe_load(file)


@pytest.mark.parametrize("asked", [*(experiment(kind) for kind in SPACES), FULL], ids=lambda one: one.name)
def test_every_experiment_is_one_that_katib_takes(asked, tmp_path):
    told = katib.export(asked, tmp_path / "out", **WORDS)
    text = (tmp_path / "out" / "experiment.yaml").read_text(encoding="utf-8")
    assert katib.problems(text) == [] and told["parameters"] == [one.name for one in asked.parameters]
    assert katib.export(asked, tmp_path / "out", **WORDS) == told


def test_space_goal_and_stopping_are_those_of_the_experiment(exported):
    spec = exported["spec"]
    spaces = {one["name"]: (one["parameterType"], one["feasibleSpace"]) for one in spec["parameters"]}
    assert spaces["k"] == ("int", {"min": "5", "max": "300", "distribution": "logUniform"})
    assert spec["objective"]["objectiveMetricName"] == "ndcg-gain" and spec["maxTrialCount"] == 20
    assert [one["value"] for one in spec["earlyStopping"]["algorithmSettings"]] == ["3", "2"]
    full = katib.resource(FULL, **{"image": "i", "command": [], "place": "/w", "claim": "c"})["spec"]
    assert "earlyStopping" not in full and full["objective"]["goal"] == 0.5
    assert [one["feasibleSpace"] for one in full["parameters"]][::2] == [
        {"min": "1", "max": "9", "step": "2", "distribution": "uniform"}, {"list": ["a", "2"]},
    ]  # fmt: skip


def put(*path, value):
    """A change of one place of a document; None takes it away."""

    def change(document):
        for key in path[:-1]:
            document = document[key]
        if value is None:
            del document[path[-1]]
        else:
            document[path[-1]] = value

    return change


SPACE, TEMPLATE = ("spec", "parameters", 0, "feasibleSpace"), ("spec", "trialTemplate")
COMMAND = (*TEMPLATE, "trialSpec", "spec", "template", "spec", "containers", 0, "command")


@pytest.mark.parametrize(("change", "sentence"), [
    (put("spec", "paralelTrialCount", value=2), "spec.paralelTrialCount is no key that Katib knows"),
    (put(*SPACE, "maximum", value="9"), "spec.parameters[0].feasibleSpace.maximum is no key"),
    (put(*SPACE, "max", value=300), "max is 300; expected str"),
    (put("spec", "maxTrialCount", value="20"), "spec.maxTrialCount is '20'; expected int"),
    (put("spec", "maxTrialCount", value=True), "spec.maxTrialCount is True; expected int"),
    (put("spec", "algorithm", "algorithmName", value="magic"), "algorithmName is 'magic'; expected one of"),
    (put("spec", "parameters", value={}), "spec.parameters is {}; expected a list"),
    (put("apiVersion", value="kubeflow.org/v1"), "apiVersion is 'kubeflow.org/v1'"),
    (put("metadata", "name", value="Item_KNN"), "its name 'Item_KNN' is none"),
    (put("spec", "objective", "objectiveMetricName", value="ndcg@10"), "the metric 'ndcg@10' is none that can be read"),
    (put(*TEMPLATE, "trialParameters", 0, "reference", value="l2"), "'k' refers to 'l2', which is no parameter"),
    (put(*TEMPLATE, "trialParameters", 0, "name", value="kk"), "trial parameter 'kk' is used nowhere in the trial"),
    (put(*COMMAND, value=["k=${trialParameters.k}"]), "trial parameter 'shrink' is used nowhere"),
    (put(*TEMPLATE, "trialParameters", 1, value=None), "the trial asks for 'shrink', which is no trial parameter"),
    (put(*TEMPLATE, "primaryContainerName", value="main"), "the trial has no container 'main'"),
    (put(*TEMPLATE, "successCondition", value=None), "spec.trialTemplate has no successCondition"),
])  # fmt: skip
def test_what_katib_refuses_or_ignores_is_found(exported, change, sentence):
    broken = deepcopy(exported)
    change(broken)
    assert sentence in katib.problems(yaml.safe_dump(broken))[0]


def test_no_yaml_and_no_mapping_are_found():
    assert "it is not YAML" in katib.problems("a: [")[0] and "expected a mapping" in katib.problems("- 1")[0]


def test_nothing_is_written_over_other_peoples_files(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="no earlier export"):
        katib.export(FULL, tmp_path, **WORDS)
