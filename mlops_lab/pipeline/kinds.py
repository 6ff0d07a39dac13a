"""What an artifact is for, said in a step's signature, and whether two signatures fit together.

    def trainer(examples: Dataset) -> Model: ...

A kind says nothing about the Python type; `Annotated[Log, DATASET]` says both.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Kind:
    """The kind of an artifact, with the name it has in Kubeflow Pipelines."""

    name: str


DATASET, MODEL, METRICS, REPORT = map(Kind, ("Dataset", "Model", "Metrics", "Report"))
Dataset = Annotated[Any, DATASET]
Model = Annotated[Any, MODEL]
Metrics = Annotated[Any, METRICS]
Report = Annotated[Any, REPORT]
UNKNOWN = Any


def annotation(function: Callable[..., Any], name: str) -> Any:
    """What a signature says of a parameter, or of "return"; Any when it says nothing that can be resolved here."""
    said = getattr(function, "__annotations__", {}).get(name, UNKNOWN)
    try:
        one = SimpleNamespace(__annotations__={name: said})
        names = getattr(inspect.unwrap(function), "__globals__", {})
        return get_type_hints(one, globalns=names, include_extras=True)[name]
    except Exception:  # noqa: BLE001 - a name that is imported only where it is needed
        return UNKNOWN


def kind_of(said: Any) -> str | None:
    """The kind in an annotation: "Dataset", "Model", "Metrics", "Report" or None."""
    extras = get_args(said)[1:] if get_origin(said) is Annotated else ()
    return next((extra.name for extra in extras if isinstance(extra, Kind)), None)


def type_of(said: Any) -> Any:
    """The class in an annotation without its kind and parameters; Any for unions and all else that is no class."""
    plain = get_args(said)[0] if get_origin(said) is Annotated else said
    plain = get_origin(plain) or plain
    return plain if isinstance(plain, type) and plain not in (object, UnionType) else UNKNOWN


def fits(made: Any, wanted: Any) -> bool:
    """May a value annotated `made` go where `wanted` is expected? What is not said fits everything."""
    kinds = kind_of(made), kind_of(wanted)
    if None not in kinds and kinds[0] != kinds[1]:
        return False
    one, other = type_of(made), type_of(wanted)
    if UNKNOWN in (one, other) or (one, other) == (int, float):
        return True
    try:
        return issubclass(one, other)
    except TypeError:  # a protocol that cannot be asked
        return True


def told(said: Any) -> str:
    """An annotation in a sentence: its kind, else its class."""
    return kind_of(said) or str(getattr(type_of(said), "__name__", said))
