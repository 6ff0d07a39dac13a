"""What arrives: row formats, contracts, quarantine, and the commits that data become.

    contract     what a table promises: kinds, ranges, allowed values, keys
    screening    sorting raw rows into those that keep the contract and those that do not
    quarantine   where a refused row lies, as it came, with its one reason; nothing is dropped in silence
    orphan       a row about a cook or a recipe that nobody has heard of
    snapshot     the recipes as they stand on a day, all of them
    ingest       raw tables in, one commit out; a file that cannot be read at all changes nothing

Reading order: `formats` (the rows), `contracts`, `columns` and `screening`, `tables` (rows to parquet and back),
`ingest` (a day of traffic), `records` (CSV with dirt in it), `fields`, `foodcom`, `labfiles`, `statistics`,
`interactions` (who chose what, as models take it).

In the store, all in the repo "traffic", one commit an ingest:

    day=0007/<table>.parquet       the kept rows of that day
    day=0007/quarantine.parquet    table, row (JSON text), reason; only when something was refused
    foodcom/<table>.parquet        a bulk upload: all its days in one file a table
"""

from importlib import import_module

_HOMES = {"contract": "contracts", "screen": "screening"}


def __getattr__(name: str) -> object:
    """The room's words, imported when first used: importing the room costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"mlops_lab.data has no attribute {name!r}.")
    return getattr(import_module(f"mlops_lab.data.{_HOMES[name]}"), name)
