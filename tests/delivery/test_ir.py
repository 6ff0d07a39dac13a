"""A validator that cannot refuse says nothing: each broken sample is refused with its own sentence."""

import pytest

from mlops_lab.delivery import ir, kubeflow
from tests.delivery.flows import SMALL


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ir")
    kubeflow.export(SMALL, folder)
    return (folder / "pipeline.yaml").read_text()


def test_what_the_compiler_writes_is_sound(sound):
    assert ir.problems(sound) == []
    assert ir.checked(sound)["pipelineInfo"]["name"] == "small"


@pytest.mark.parametrize(
    ("piece", "broken", "said"),
    [
        ("enableCache: true", "enableCaches: true", 'no field named "enableCaches"'),
        ("        image:", "        imag:", 'no field named "imag"'),  # in deploymentSpec, which protobuf leaves free
        ("parameterType: LIST", "parameterType: LISTS", "LISTS"),
        ("    exec-days:", "    exec-day:", "component 'comp-days' is run by 'exec-days', which is no executor"),
        ("    executorLabel: exec-days\n", "", "'comp-days' runs nothing"),
        ("            name: comp-days", "            name: comp-day", "it is 'comp-day', which is no component"),
        ("producerTask: days", "producerTask: day", "a reference to 'day', which is no task"),
        ("          - days\n", "          - day\n", "it waits for 'day', which is no task"),
        ("outputParameterKey: Output", "outputParameterKey: Outputs", "none of the output parameters of task"),
        ("outputArtifactKey: total", "outputArtifactKey: totals", "none of the output artifacts of task 'total'"),
        ("componentInputParameter: pipelinechannel--count", "componentInputParameter: count", "a task takes 'count'"),
        ("values['pipelinechannel--large-Output']", "values['large']", "it decides by 'large', which it is not given"),
        ("itemInput: pipelinechannel", "itemInput: channel", "is no input of 'comp-for-loop-2'"),
        ("              count:\n", "              counts:\n", "'counts' is no input of 'comp-days'"),
        ("              count:\n", "              counts:\n", "'comp-days' needs 'count', which it is not given"),
        ("components:", "components: [", "it is not YAML"),
        ("deploymentSpec:", "deployment:", "expected a mapping with components, root and deploymentSpec"),
    ],
)  # fmt: skip
def test_a_broken_pipeline_is_refused_by_name(sound, piece, broken, said):
    assert piece in sound
    found = ir.problems(sound.replace(piece, broken, 1))
    assert any(said in problem for problem in found), found


def test_what_is_broken_is_not_handed_on(sound):
    with pytest.raises(ir.BrokenIR, match=r"no pipeline that Kubeflow can run: .*'days'.*\(1 more\); export it again"):
        ir.checked(sound.replace("            name: comp-days", "            name: comp-day", 1))


def test_tasks_that_wait_for_each_other_are_found(sound):
    first = "            name: comp-days\n"
    assert any(
        "wait for each other" in p
        for p in ir.problems(sound.replace(first, first + "          dependentTasks: [total]\n", 1))
    )
