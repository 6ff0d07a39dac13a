"""The registry again, in MLflow: for people and tools that know it. The store stays the truth.

Versions get the same numbers, the source "store:<commit>", and a run with their parameters and metrics; aliases point
where ours do. Written through MlflowClient, never through pyfunc, so nothing is pickled.
"""

import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_lab.registry.registry import Registry
from mlops_lab.registry.template import ARTIFACTS, place_empty, usable
from mlops_lab.registry.versions import Version

if TYPE_CHECKING:
    from mlflow import MlflowClient

NAME = "recipe-recommender"
DATABASE = "mlflow.db"
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "1",
    # No connection outlives its use: the database file may be replaced, and the workspace moved.
    "MLFLOW_SQLALCHEMYSTORE_POOLCLASS": "NullPool",
}


class MirrorFailed(RuntimeError):
    """MLflow could not be brought up to date. Nothing is lost: the registry is complete without its mirror."""


def mirror(registry: Registry, workspace: str | Path) -> Path:
    """Bring MLflow's database in the workspace equal to the registry; returns its path.

    Adds what is missing. A database that says anything else than the registry is thrown away and made again.
    Without a version there is nothing to mirror, and nothing is written. Raises MirrorFailed.
    """
    path = Path(workspace) / DATABASE
    if not registry.versions():
        return path
    try:
        with _quietly(), registry.store.writing():
            _bring_up(registry, path)
    except Exception as error:
        raise MirrorFailed(
            f"MLflow's mirror {path.name} could not be written ({type(error).__name__}: {error}); the registry itself "
            "is complete. Delete that file and mirror again."
        ) from error
    return path


def _bring_up(registry: Registry, path: Path) -> None:
    versions = registry.versions()
    client, known = _open(path, versions)
    if len(known) < len(versions):
        found = client.get_experiment_by_name(NAME)
        experiment = found.experiment_id if found else client.create_experiment(NAME, artifact_location=ARTIFACTS)
        for version in versions[len(known) :]:
            _add(client, experiment, version)
    _point(client, {name: at for name, at in registry.state().items() if name != "release" and at is not None})


def _open(path: Path, versions: Sequence[Version]) -> tuple["MlflowClient", list[Any]]:
    """A client and the versions it knows, none of them contradicting ours; an empty database otherwise."""
    if usable(path):
        client = _client(path)
        known = sorted(client.search_model_versions(f"name='{NAME}'"), key=lambda version: int(version.version))
        if len(known) <= len(versions) and all(map(_agree, known, versions)):
            return client, known
    place_empty(path)
    client = _client(path)
    client.create_registered_model(NAME, description="A mirror of the store's repo 'models'; it can be made again.")
    return client, []


def _agree(mirrored: Any, version: Version) -> bool:
    said = (int(mirrored.version), mirrored.source, dict(mirrored.tags))
    return said == (version.number, f"store:{version.commit}", _tags(version))


def _add(client: "MlflowClient", experiment: str, version: Version) -> None:
    """One run with parameters and metrics, then the version that points at it. No clock: MLflow's own dates do."""
    from mlflow.entities import Metric, Param

    run = client.create_run(experiment, start_time=0, run_name=f"version {version.number}", tags=_tags(version))
    metrics = [Metric(name, value, 0, 0) for name, value in _numbers(version.metrics)]
    params = [Param("kind", version.kind), Param("data_commit", version.data_commit)]
    client.log_batch(run.info.run_id, metrics=metrics, params=params)
    client.set_terminated(run.info.run_id, end_time=0)
    source, run_id = f"store:{version.commit}", run.info.run_id
    client.create_model_version(
        NAME, source, run_id=run_id, tags=_tags(version), description=" ".join(version.reasons) or None
    )


def _point(client: "MlflowClient", wanted: Mapping[str, int]) -> None:
    """Aliases as they are in the registry, and no others."""
    found = {name: int(at) for name, at in client.get_registered_model(NAME).aliases.items()}
    for name in found.keys() - wanted.keys():
        client.delete_registered_model_alias(NAME, name)
    for name, number in wanted.items():
        if found.get(name) != number:
            client.set_registered_model_alias(NAME, name, str(number))


def _tags(version: Version) -> dict[str, str]:
    """What identifies a version, as MLflow's text tags."""
    return {
        "digest": version.digest, "data_commit": version.data_commit, "pipeline_run": version.run, "kind": version.kind,
        "blessed": str(version.blessed).lower(),
    }  # fmt: skip


def _numbers(metrics: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """Metrics flat: {"ndcg@10": {"value": 0.2, "low": 0.1}} gives ndcg_at_10 and ndcg_at_10.low."""
    for name, value in metrics.items():
        path = f"{prefix}{name}".replace("@", "_at_")
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{path}.")
        elif isinstance(value, int | float):
            yield path.removesuffix(".value"), float(value)


def _client(path: Path) -> "MlflowClient":
    from mlflow import MlflowClient

    address = f"sqlite:///{path.resolve()}"
    return MlflowClient(tracking_uri=address, registry_uri=address)


@contextmanager
def _quietly() -> Iterator[None]:
    """MLflow without telemetry, log lines and warnings."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow  # noqa: F401 - it sets up its loggers when it is imported

        loggers = [logging.getLogger(name) for name in ("mlflow", "alembic")]
        levels = [logger.level for logger in loggers]
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
