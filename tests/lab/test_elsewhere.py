"""The training pipeline on Kubeflow's own engine: the same models, to the bit."""

import pytest

from mlops_lab.delivery import kubeflow
from mlops_lab.errors import BadInput
from mlops_lab.lab import elsewhere, pushing
from mlops_lab.lab.training import TRAINING
from mlops_lab.models import saved
from mlops_lab.pipeline.codecs import encode
from tests.delivery.kfp_local import outside_of_an_image, run_on_kfp_local


@pytest.mark.slow
@outside_of_an_image
def test_kubeflow_makes_the_models_that_we_make(lab, tmp_path):
    kubeflow.export(TRAINING, tmp_path / "out", inputs=elsewhere.READERS)
    there = run_on_kfp_local(tmp_path, tmp_path / "out", **elsewhere.texts(lab))
    registered = elsewhere.registry(elsewhere.texts(lab)["registry"])
    ours = pushing.execute(lab, lab.data, lab.memory(), registered).artifacts
    assert {name: encode(value)[1] for name, value in ours.items()} == {
        name: value if name == "example_gen" else encode(value)[1] for name, value in there.items()
    }
    assert saved.digest(saved.from_bytes(there["best"])) == lab.train()["digest"]


def test_a_text_names_one_commit_and_one_version(lab):
    texts = elsewhere.texts(lab)
    assert elsewhere.data(texts["data"]).id == lab.data.id
    champion = lab.registry.load(lab.registry.alias("champion"))
    assert elsewhere.registry(texts["registry"]).blessed()["model"].tobytes() == champion
    assert elsewhere.registry("").blessed() == {}
    with pytest.raises(BadInput, match="expected WORKSPACE#ID"):
        elsewhere.data("kitchen")
