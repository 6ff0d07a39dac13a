"""Made-up users with tastes, and the files they leave, for the tests of compare."""

from pathlib import Path

import numpy as np

from mlops_lab.draws import draw


def _normal(seed: int, purpose: str, n: int, width: int) -> np.ndarray:
    rows, columns = np.arange(n)[:, None], np.arange(width)[None, :]
    one, other = (draw(seed, f"{purpose} {part}", rows, columns) for part in "ab")
    return np.sqrt(-2 * np.log(one)) * np.cos(2 * np.pi * other)


def people(users: int, items: int, each: int, taste: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Users, items and seconds (e,): long-tailed popularity plus `taste` times eight latent factors.

    Users choose without replacement (Gumbel noise), from half to twice `each` items, within an hour of a day of their
    own: most users of a late slice are new, as in MovieLens.
    """
    likes = _normal(seed, "user", users, 8) @ _normal(seed, "item", items, 8).T / np.sqrt(8)
    noise = -np.log(-np.log(draw(seed, "noise", np.arange(users)[:, None], np.arange(items)[None, :])))
    best_first = np.argsort(-(taste * likes - 1.1 * np.log(np.arange(1, items + 1)) + noise), axis=1)
    many = (each * 2 ** (2 * draw(seed, "many", np.arange(users)) - 1)).astype(int)
    user = np.repeat(np.arange(users), many)
    item = np.concatenate([best_first[u, :n] for u, n in enumerate(many)])
    day = np.repeat(np.floor(draw(seed, "day", np.arange(users)) * 200), many)
    return user, item, (day * 86_400 + draw(seed, "second", user, item) * 3600).astype(int)


def write(folder: Path, user: np.ndarray, item: np.ndarray, second: np.ndarray | None = None) -> tuple[Path, Path]:
    """train.csv and test.csv in a folder: 80/20 by a draw for each row."""
    late = draw(1, "split", user, item) < 0.2
    for name, rows in (("train", ~late), ("test", late)):
        columns = [user[rows], item[rows], *([] if second is None else [second[rows]])]
        header = "user,item" + ("" if second is None else ",timestamp")
        lines = [",".join(map(str, row)) for row in zip(*(column.tolist() for column in columns), strict=True)]
        (folder / f"{name}.csv").write_text("\n".join([header, *lines]) + "\n")
    return folder / "train.csv", folder / "test.csv"
