"""Values as bytes and back, without pickle. The kind of a value chooses its format.

    parquet   pandas.DataFrame                       npz     dict of name -> numpy array, not empty
    json      None, bool, int, float, str, list, dict          bytes   bytes
    object    anything with to_bytes(); the step's return annotation is a class with from_bytes(content)

A file of a store is read by the ending of its name: .parquet, .npz and .json as above, all others as bytes.

JSON is canonical (sorted keys); NaN is written as Python does. Library modules are never imported to ask what a value
is: a value whose library is not loaded cannot be of it.
"""

import io
import json
import sys
from typing import Any

from mlops_lab.pipeline.kinds import type_of

KINDS = ("parquet", "npz", "json", "bytes", "object")


class Unkept(TypeError):
    """The value has no format in which it could be kept."""


def encode(value: Any) -> tuple[str, bytes]:
    """The format of a value and its bytes; equal values have equal bytes. Raises Unkept."""
    if isinstance(value, bytes):
        return "bytes", value
    if _is(value, "pandas", "DataFrame"):
        return "parquet", _parquet(value)
    if isinstance(value, dict) and value and all(_is(array, "numpy", "ndarray") for array in value.values()):
        return "npz", _npz(value)
    if hasattr(value, "to_bytes") and not isinstance(value, int):
        return "object", value.to_bytes()
    try:
        return "json", json.dumps(value, sort_keys=True, separators=(",", ":"), default=_number).encode()
    except (TypeError, ValueError) as error:
        raise Unkept(
            f"found {type(value).__name__}, which cannot be kept ({error}); "
            "expected a DataFrame, a dict of arrays, bytes, JSON values, or an object with to_bytes and from_bytes"
        ) from error


def kind_of_path(path: str) -> str:
    """The format of a file by the ending of its name; bytes for all that is not ours."""
    ending = path.rpartition(".")[2]
    return ending if ending in KINDS else "bytes"


def decode(kind: str, content: bytes, said: Any = None) -> Any:
    """The value of which encode made these bytes; `said` is an annotation with the class of an object."""
    if kind == "bytes":
        return content
    if kind == "json":
        return json.loads(content)
    if kind == "object":
        return class_of(said).from_bytes(content)
    if kind == "npz":
        import numpy

        with numpy.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    import pyarrow
    import pyarrow.parquet

    # What pandas.read_parquet gives, in half the time for a small table: it would ask what other files there are.
    return pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content)).read().to_pandas()


def class_of(said: Any) -> Any:
    """The class in an annotation. Raises Unkept when it could not read its objects back."""
    found = type_of(said)
    if not hasattr(found, "from_bytes"):
        raise Unkept("it is an object with to_bytes; annotate it with a class that has from_bytes")
    return found


def shared(kind: str, value: Any) -> Any:
    """A value as it is handed to a step: what one step changes is not changed for others, and names are in order.

    The order is that of the file: whether the step before ran or was skipped must not be seen.
    """
    if kind == "parquet":
        return value.copy(deep=False)  # pandas copies on write
    if kind == "npz":
        return {name: _read_only(value[name]) for name in sorted(value)}
    return value


def _is(value: Any, module: str, name: str) -> bool:
    found = sys.modules.get(module)
    return found is not None and isinstance(value, getattr(found, name, ()))


def _parquet(frame: Any) -> bytes:
    buffer = io.BytesIO()
    try:
        frame.to_parquet(buffer)
    except (ValueError, TypeError) as error:  # pyarrow's errors are among these
        raise Unkept(
            f"found a DataFrame that parquet cannot hold ({error}); give each column one simple type"
        ) from error
    return buffer.getvalue()


def _npz(arrays: dict[str, Any]) -> bytes:
    import zipfile

    import numpy

    buffer = io.BytesIO()
    try:
        with zipfile.ZipFile(buffer, "w") as members:  # numpy.savez would take some names for its own parameters
            for name in sorted(arrays):
                with members.open(f"{name}.npy", "w", force_zip64=True) as member:
                    numpy.lib.format.write_array(member, arrays[name], allow_pickle=False)
    except (ValueError, TypeError) as error:
        raise Unkept(
            f"found arrays that npz cannot hold without pickle ({error}); give them number or text types"
        ) from error
    return buffer.getvalue()


def _read_only(array: Any) -> Any:
    view = array.view()
    view.flags.writeable = False
    return view


def _number(value: Any) -> Any:
    if _is(value, "numpy", "generic"):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not a JSON value")
