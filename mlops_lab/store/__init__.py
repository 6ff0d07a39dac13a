"""Git for data: what was there, when, and what was made from it. In the spirit of Pachyderm's PFS.

    repo         a named history, e.g. "traffic"          branch      a moving pointer to a repo's newest commit
    blob         the bytes of a file                      digest      their sha256: the blob's name
    tree         paths -> blobs, folder by folder         commit      a tree, its parent and its words; never changes
    provenance   the commits this one was made from       pack        the new objects of one commit, end to end
    global id    the upload that caused a commit          tag         a name for a commit that never moves
    open commit  takes content as it comes, seen by       snapshot    a folder committed as it is; files that were not
                 nobody before it is finished                         touched are known by their stamps
    verify       read everything again and name damage    problem     one damaged object and what depends on it
    gc           take away what no name reaches           tombstone   says why a content was erased; outlives it
    push, pull   carry what the other side lacks          remote      a store's folder at any URL

Reading order: `store` (what it does), `trees`, `commits`, `history` (names, ancestry), `packs`, `opened` (a commit is
made: `unfinished`, `folders`), `disk` (how it survives), `snapshots`, `checkouts`, `verification`, `collection` (gc),
`erasure`, `transfer` (push and pull).

On disk, everything can be opened with common tools:

    packs/NAME.pack        blobs, tree nodes (JSON) and the commit (JSON) end to end, no header
    packs/NAME.jsonl       one line per object: {"digest", "kind", "offset", "size"}; NAME is the sha256 of this file
    blobs/DIGEST           single blobs (`Store.put`)
    tombstones/DIGEST      what was erased and why: {"digest", "why"}
    generation             changes whenever packs are taken away; names the packs that are on their way out
    refs/REPO/BRANCH       the id of the newest commit, one line
    tags/REPO/TAG          the id of the commit with this tag, one line
    stats/NAME.json        a snapshot's notes, which may be lost: {"folder", "tree", "stamps": {path: stamp}}
    lock, tmp/             one writer at a time; files that are not finished yet, among them the packs of open commits

A commit writes the pack, then its index, then the ref: five fsyncs, however many files. A commit is there when its ref
is; whatever a crash leaves before that is not reachable and harms nobody. The pack of an open commit is locked (flock)
by its process, so the next writer can tell it from one that a crash left behind.
"""

from mlops_lab.store.commits import Commit, UnknownCommit
from mlops_lab.store.opened import OpenCommit
from mlops_lab.store.packs import Damaged
from mlops_lab.store.statistics import Statistics
from mlops_lab.store.store import Diff, Store
from mlops_lab.store.tombstones import Erased
from mlops_lab.store.trees import Entry, Tree
from mlops_lab.store.verification import Problem

__all__ = [
    "Commit", "Damaged", "Diff", "Entry", "Erased", "OpenCommit", "Problem", "Statistics", "Store", "Tree",
    "UnknownCommit",
]  # fmt: skip
