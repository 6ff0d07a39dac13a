"""What arrives: row formats, contracts, quarantine, and the commits that data become.

    contract     what a table promises: kinds, ranges, allowed values, keys; a reviewed file, contracts.toml
    environment  training or serving: at serving the label is absent
    screening    sorting raw rows into those that keep the contract and those that do not
    quarantine   where a refused row lies, as it came but for identities, with its one reason; no row is lost in silence
    orphan       a row about a cook or a recipe that nobody has heard of
    snapshot     the recipes as they stand on a day, all of them
    ingest       raw tables in, one commit out; a file that cannot be read at all changes nothing
    span         the rows of one day, looked at together beside those of the days before
    anomaly      what is wrong with a span, as a record with a sentence

Reading order: `formats` (the rows), `contracts`, `columns`, `privacy` and `screening`, `tables` (rows to parquet and
back), `ingest` (a day of traffic), `records` (CSV with dirt in it), `fields`, `foodcom`, `labfiles`; of whole spans
`statistics`, `schema`, `anomalies`, `distances`, `comparators`, `spans`; `interactions` (who chose what, for models).

In the store, all in the repo "traffic", one commit an ingest:

    day=0007/<table>.parquet       the kept rows of that day
    day=0007/quarantine.parquet    table, row (JSON text), reason; only when something was refused
    foodcom/<table>.parquet        a bulk upload: all its days in one file a table
"""

from mlops_lab.doors import door

_HOMES = {
    "contract": "contracts", "promised": "contracts", "screen": "screening", "Past": "spans", "examined": "spans",
    "learned": "spans", "proposed": "schema", "differences": "schema", "line": "schema",
}  # fmt: skip

__getattr__ = door(__name__, _HOMES)
