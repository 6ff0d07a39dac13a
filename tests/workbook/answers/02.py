"""Plausible wrong answers for notebook 02."""

import atexit
import hashlib
import shutil
import tempfile

from mlops_lab.rehearsal.forward import fast_forward


class _Store:
    def __init__(self):
        self.kept = {}

    def name(self, content):
        return hashlib.sha256(content).hexdigest()

    def put(self, content):
        id = self.name(content)
        self.kept[id] = content
        return id

    def get(self, id):
        return self.kept[id]


class Numbered(_Store):
    def name(self, content):
        return len(self.kept)


class NumberedOnce(_Store):
    """Looks for the content first, so the same bytes keep their number; another store numbers otherwise."""

    def put(self, content):
        if content not in self.kept.values():
            self.kept[len(self.kept)] = content
        return next(id for id, kept in self.kept.items() if kept == content)


class ByLength(_Store):
    def name(self, content):
        return str(len(content))


class Silent(_Store):
    def get(self, id):
        return self.kept.get(id)


class Tidying(_Store):
    def put(self, content):
        id = super().put(content)
        self.kept[id] = content.strip()
        return id


class Mute(_Store):
    def put(self, content):
        super().put(content)


class PutOnly:
    def put(self, content):
        return hashlib.sha256(content).hexdigest()


class Text(_Store):
    def name(self, content):
        return hashlib.sha256(content.encode()).hexdigest()


def made():
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return fast_forward(8, incidents=["unit-change@5"], workspace=f"{folder}/lab")


WRONG = {
    "02-1": [Numbered, NumberedOnce, ByLength, Silent, Tidying, Mute, PutOnly, Text],
    "02-2": [4, 6, 7, 8, -1, 2700.0, "day 5", [5], True],
}
