"""environment.yml from requirements.lock: the same versions for conda, mamba and Binder, without hashes.

    python .ci/environment.py > environment.yml

pip refuses an editable install in hash mode, and the project is used as an editable clone; hence no hashes there.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# Made by `make lock` from requirements.lock: the same versions, without hashes. Do not edit by hand.
name: mlops-lab
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.11
  - git
  - make
  - pip
  - pip:
"""


def pins(lock: str) -> list[str]:
    """The lines `name==version ; marker` of a lock, in its order."""
    return [match.strip() for match in re.findall(r"^([A-Za-z0-9][^\n\\#]*==[^\n\\#]+)", lock, flags=re.MULTILINE)]


def environment(lock: str) -> str:
    """The text of environment.yml for the text of a lock."""
    return HEAD + "".join(f'      - "{pin}"\n' for pin in [*pins(lock), "-e ."])


if __name__ == "__main__":
    print(environment((ROOT / "requirements.lock").read_text(encoding="utf-8")), end="")
