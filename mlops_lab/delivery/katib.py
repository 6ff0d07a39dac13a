"""The same experiment on Katib: its Experiment as YAML, and whether Katib would take it.

    experiment.yaml   objective, space, algorithm, median stop, and the Job that is one trial

The custom resource's schema keeps keys that it does not know, so `kubectl apply` says nothing about a misspelt one; the
schema here is strict, from Katib's API types (v1beta1, release 0.19), and the references are those that its webhook
follows. Numbers of the space are texts there.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mlops_lab.errors import BadInput
from mlops_lab.models.experiment import ALGORITHMS, RESUME, Experiment, Parameter

FILE, CONTAINER = "experiment.yaml", "trial"
SETTINGS = [{"name": str, "value": str}]
# A dict is a mapping with these keys and no other, a list holds many of one kind, a set is a choice.
SCHEMA = {
    "apiVersion": {"kubeflow.org/v1beta1"},
    "kind": {"Experiment"},
    "metadata": {"name": str, "namespace": str, "labels": dict, "annotations": dict},
    "spec": {
        "parameters": [{
            "name": str,
            "parameterType": {"int", "double", "discrete", "categorical"},
            "feasibleSpace": {
                "min": str, "max": str, "step": str, "list": [str],
                "distribution": {"uniform", "logUniform", "normal", "logNormal"},
            },
        }],
        "objective": {
            "type": {"maximize", "minimize"}, "goal": float, "objectiveMetricName": str,
            "additionalMetricNames": [str], "metricStrategies": [{"name": str, "value": {"min", "max", "latest"}}],
        },
        "algorithm": {"algorithmName": {*ALGORITHMS, "bayesianoptimization", "cmaes", "hyperband", "pbt"},
                      "algorithmSettings": SETTINGS},
        "earlyStopping": {"algorithmName": {"medianstop"}, "algorithmSettings": SETTINGS},
        "parallelTrialCount": int, "maxTrialCount": int, "maxFailedTrialCount": int, "resumePolicy": set(RESUME),
        "metricsCollectorSpec": {"source": dict, "collector": {
            "kind": {"StdOut", "File", "TensorFlowEvent", "PrometheusMetric", "Custom", "Push", "None"},
            "customCollector": dict,
        }},
        "nasConfig": dict,
        "trialTemplate": {
            "retain": bool, "trialSpec": dict,
            "configMap": {"configMapName": str, "configMapNamespace": str, "templatePath": str},
            "trialParameters": [{"name": str, "description": str, "reference": str}],
            "primaryPodLabels": dict, "primaryContainerName": str, "successCondition": str, "failureCondition": str,
        },
    },
}  # fmt: skip


def export(experiment: Experiment, out: Path, *, image: str, command: Sequence[str], place: str, claim: str) -> dict:
    """Write experiment.yaml into a folder: {experiment, file, parameters}. Raises BadInput when out holds other files.

    command: runs one trial, told NAME=VALUE for each parameter behind it; it prints the metric after every step.
    claim: the volume claim with the workspace, seen at `place`.
    """
    import yaml

    if out.exists() and (not out.is_dir() or any(file.name != FILE for file in out.iterdir())):
        raise BadInput(f"{out} is not empty and no earlier export; name a new folder.")
    text = yaml.safe_dump(resource(experiment, image, command, place, claim), sort_keys=False, width=120)
    wrong = problems(text)
    if wrong:
        raise BadInput(f"Katib would not take this experiment: {wrong[0]}.")
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_text(text, encoding="utf-8")
    names = [one.name for one in experiment.parameters]
    return {"experiment": experiment.name, "file": str(out / FILE), "parameters": names}


def resource(experiment: Experiment, image: str, command: Sequence[str], place: str, claim: str) -> dict[str, Any]:
    """The Experiment as Katib's custom resource."""
    names = [one.name.replace("_", "-") for one in experiment.parameters]
    told = [f"{one.name}=${{trialParameters.{name}}}" for one, name in zip(experiment.parameters, names, strict=True)]
    container = {"name": CONTAINER, "image": image, "command": [*command, *told],
                 "volumeMounts": [{"name": "workspace", "mountPath": place}]}  # fmt: skip
    pod = {"restartPolicy": "Never", "containers": [container],
           "volumes": [{"name": "workspace", "persistentVolumeClaim": {"claimName": claim}}]}  # fmt: skip
    ends = {"successCondition": "Complete", "failureCondition": "Failed"}
    spec: dict[str, Any] = {
        "objective": {
            "type": experiment.type, "objectiveMetricName": experiment.metric,
            "metricStrategies": [{"name": experiment.metric, "value": "latest"}],
        },
        "algorithm": {"algorithmName": experiment.algorithm},
        "parallelTrialCount": experiment.parallel_trial_count,
        "maxTrialCount": experiment.max_trial_count,
        "maxFailedTrialCount": experiment.max_failed_trial_count,
        "resumePolicy": experiment.resume_policy,
        "parameters": [
            {"name": p.name, "parameterType": p.type, "feasibleSpace": _space(p)} for p in experiment.parameters
        ],
        "metricsCollectorSpec": {"collector": {"kind": "StdOut"}},
        "trialTemplate": {
            "primaryContainerName": CONTAINER,
            **{end: f'status.conditions.#(type=="{kind}")#|#(status=="True")#' for end, kind in ends.items()},
            "trialParameters": [{"name": name, "reference": one.name}
                                for one, name in zip(experiment.parameters, names, strict=True)],
            "trialSpec": {"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": pod}}},
        },
    }  # fmt: skip
    if experiment.goal is not None:
        spec["objective"]["goal"] = experiment.goal
    if experiment.algorithm in ("random", "tpe", "multivariate-tpe"):
        spec["algorithm"]["algorithmSettings"] = [{"name": "random_state", "value": str(experiment.seed)}]
    if experiment.early_stopping:
        settings = zip(("min_trials_required", "start_step"), experiment.early_stopping, strict=True)
        told_stop = [{"name": name, "value": str(number)} for name, number in settings]
        spec["earlyStopping"] = {"algorithmName": "medianstop", "algorithmSettings": told_stop}
    kind = {"apiVersion": "kubeflow.org/v1beta1", "kind": "Experiment"}
    return {**kind, "metadata": {"name": experiment.name}, "spec": spec}


def _space(one: Parameter) -> dict[str, Any]:
    if one.values:
        return {"list": [str(value) for value in one.values]}
    steps = {"step": f"{one.step:g}"} if one.step else {}
    return {"min": f"{one.min:g}", "max": f"{one.max:g}", **steps, "distribution": one.distribution}


def problems(text: str) -> list[str]:
    """Why Katib would not take an Experiment: unknown keys, wrong types, dangling references; [] if it would."""
    import yaml

    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return [f"it is not YAML ({' '.join(str(error).split())})"]
    return list(_unlike(found, SCHEMA, "the experiment")) or list(_dangling(found))


def _unlike(found: Any, wanted: Any, where: str) -> Iterator[str]:
    """Where a document is not as its schema."""
    if isinstance(wanted, set):
        if found not in wanted:
            yield f"{where} is {found!r}; expected one of {', '.join(sorted(wanted))}"
    elif isinstance(wanted, dict | list) and not isinstance(found, type(wanted)):
        yield f"{where} is {found!r}; expected a {'mapping' if isinstance(wanted, dict) else 'list'}"
    elif isinstance(wanted, list):
        for at, one in enumerate(found):
            yield from _unlike(one, wanted[0], f"{where}[{at}]")
    elif isinstance(wanted, dict):
        for key, one in found.items():
            place = f"{where}.{key}" if where != "the experiment" else key
            yield from _unlike(one, wanted[key], place) if key in wanted else [f"{place} is no key that Katib knows"]
    elif isinstance(found, bool) != (wanted is bool) or not isinstance(
        found, (int, float) if wanted is float else wanted
    ):
        yield f"{where} is {found!r}; expected {wanted.__name__}"


def _dangling(found: dict) -> Iterator[str]:
    """What Katib's webhook asks of an Experiment of known keys."""
    spec, name = found.get("spec", {}), found.get("metadata", {}).get("name", "")
    template, objective = spec.get("trialTemplate", {}), spec.get("objective", {})
    if not re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", name):
        yield f"its name {name!r} is none; use small letters, digits and dashes"
    # The collector of standard output knows no other signs in the name of a metric.
    if not re.fullmatch(r"[\w|-]+", objective.get("objectiveMetricName", "")):
        yield f"the metric {objective.get('objectiveMetricName')!r} is none that can be read from a line"
    for key in ("primaryContainerName", "successCondition", "failureCondition", "trialParameters", "trialSpec"):
        if not template.get(key):
            yield f"spec.trialTemplate has no {key}"
    space, given = [one.get("name") for one in spec.get("parameters", [])], template.get("trialParameters", [])
    asked = set(re.findall(r"\$\{trialParameters\.([^}]+)\}", str(template.get("trialSpec"))))
    for one in given:
        if one.get("reference") not in space:
            yield f"trial parameter {one.get('name')!r} refers to {one.get('reference')!r}, which is no parameter"
        if one.get("name") not in asked:
            yield f"trial parameter {one.get('name')!r} is used nowhere in the trial"
    yield from (f"the trial asks for {name!r}, which is no trial parameter"
                for name in sorted(asked - {one.get("name") for one in given}))  # fmt: skip
    yield from (
        f"parameter {name!r} reaches no trial" for name in space if name not in [g.get("reference") for g in given]
    )
    pod = template.get("trialSpec", {}).get("spec", {}).get("template", {}).get("spec", {})
    if template.get("primaryContainerName") not in [one.get("name") for one in pod.get("containers", [])]:
        yield f"the trial has no container {template.get('primaryContainerName')!r}"
