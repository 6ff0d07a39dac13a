"""Git for data: what was there, when, and what was made from it. In the spirit of Pachyderm's PFS.

    repo         a named history, e.g. "traffic"          branch      a moving pointer to a repo's newest commit
    blob         the bytes of a file                      digest      their sha256: the blob's name
    tree         paths -> blobs, folder by folder         commit      a tree, its parent and its words; never changes
    provenance   the commits this one was made from       pack        the new objects of one commit, end to end
    verify       read everything again and name damage    problem     one damaged object and what depends on it
    gc           take away what no name reaches           tombstone   says why a content was erased; outlives it
    push, pull   carry what the other side lacks          remote      a store's folder at any URL

Reading order: `store` (what it does), `trees`, `commits`, `packs`, `disk` (how it survives), `verification`,
`collection` (gc), `erasure`, `transfer` (push and pull).

On disk, everything can be opened with common tools:

    packs/NAME.pack        blobs, tree nodes (JSON) and the commit (JSON) end to end, no header
    packs/NAME.jsonl       one line per object: {"digest", "kind", "offset", "size"}; NAME is the sha256 of this file
    blobs/DIGEST           single blobs (`Store.put`)
    tombstones/DIGEST      what was erased and why: {"digest", "why"}
    generation             changes whenever packs are taken away; names the packs that are on their way out
    refs/REPO/BRANCH       the id of the newest commit, one line
    lock, tmp/             one writer at a time; files that are not finished yet

A commit writes the pack, then its index, then the ref: five fsyncs, however many files. A commit is there when its ref
is; whatever a crash leaves before that is not reachable and harms nobody.
"""

from mlops_lab.store.commits import Commit, UnknownCommit
from mlops_lab.store.packs import Damaged
from mlops_lab.store.store import Diff, Store
from mlops_lab.store.tombstones import Erased
from mlops_lab.store.trees import Entry, Tree
from mlops_lab.store.verification import Problem

__all__ = ["Commit", "Damaged", "Diff", "Entry", "Erased", "Problem", "Store", "Tree", "UnknownCommit"]
