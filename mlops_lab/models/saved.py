"""Models as bytes and back, and what makes two of them the same. Nothing is ever unpickled."""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

import numpy as np

from mlops_lab.errors import BadInput
from mlops_lab.models.blend import RUNGS, Blend
from mlops_lab.models.ranker import Ranker

KINDS: dict[str, Any] = {**RUNGS, Blend.kind: Blend, Ranker.kind: Ranker}
ABOUT = "about"
# What numpy, zipfile and json say about damaged bytes.
UNREADABLE = (
    AttributeError, EOFError, KeyError, OSError, RuntimeError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class Model(Protocol):
    """What can be saved: a kind, parameters that JSON can hold, and fitted attributes that are arrays."""

    kind: ClassVar[str]
    arrays: ClassVar[tuple[str, ...]]

    @property
    def params(self) -> Mapping[str, Any]:
        """Arguments that make an unfitted twin."""

    def score(self, view: Any) -> np.ndarray:
        """Scores (n cooks, m recipes)."""


def about(model: Model) -> str:
    """Kind and parameters as canonical JSON: sorted keys, no spaces, one spelling of every number."""
    return json.dumps({"kind": model.kind, "params": dict(model.params)}, sort_keys=True, separators=(",", ":"))


def digest(model: Model) -> str:
    """The identity of a fitted model (64 hex digits): its arrays by name, type, shape and bytes, and about()."""
    identity = hashlib.sha256(about(model).encode())
    for name, values in sorted(_arrays(model).items()):
        identity.update(f"\n{name} {values.dtype.str} {values.shape}\n".encode())
        identity.update(np.ascontiguousarray(values).tobytes())
    return identity.hexdigest()


def to_bytes(model: Model) -> bytes:
    """The fitted model as one .npz file; equal models give equal bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{ABOUT: np.array(about(model))}, **_arrays(model))
    return buffer.getvalue()


def from_bytes(content: bytes) -> Any:
    """The model that to_bytes wrote. Raises BadInput for anything else."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            said = json.loads(str(file[ABOUT]))
            model = KINDS[said["kind"]](**said["params"])
            for owner, name, key in _places(model):
                setattr(owner, name, _finite(key, file[key]))
    except UNREADABLE as wrong:
        raise BadInput(f"These {len(content)} bytes are not a saved model ({wrong}); train it again.") from None
    return model


def _finite(key: str, values: np.ndarray) -> np.ndarray:
    """The array; a NaN in it would be a term of a sum that silently counts as nothing."""
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"{key} holds what is no number")
    return values


def _arrays(model: Model) -> dict[str, np.ndarray]:
    return {key: np.asarray(getattr(owner, name)) for owner, name, key in _places(model)}


def _places(model: Any, folder: str = "") -> list[tuple[Any, str, str]]:
    """Where arrays are: (model or one of its parts, attribute, key in the file), a part in the folder of its kind."""
    own = [(model, name, folder + name) for name in sorted(model.arrays)]
    return own + [place for part in getattr(model, "parts", ()) for place in _places(part, f"{folder}{part.kind}/")]
