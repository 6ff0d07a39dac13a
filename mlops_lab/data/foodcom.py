"""Food.com's recipes and reviews (Majumder et al., EMNLP 2019; the Kaggle dump) as tables of the lab.

    RAW_recipes.csv         -> recipes    contributor_id is the author, nutrition[0] the kcal, tags tell the rest
    RAW_interactions.csv    -> ratings    arrived on the day they were written; rating 0 is a review without stars
                            -> cooks      everyone who wrote a review that was kept; market and diet are not known

Day 0 is the date of the earliest review kept; recipes are older, so their published_day is mostly negative. A refused
row keeps its own fields in quarantine, and its reason names the column of Food.com's file.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from mlops_lab.data import fields
from mlops_lab.data.formats import empty
from mlops_lab.data.ingest import Ingested, committed, quarantine
from mlops_lab.data.records import Records, read_records
from mlops_lab.data.screening import Screened, screen
from mlops_lab.data.tables import REPO, to_bytes
from mlops_lab.errors import BadInput
from mlops_lab.store import Store

FOLDER = "foodcom"
FILES = {"recipes": "RAW_recipes.csv", "ratings": "RAW_interactions.csv"}
WANTED = {
    "recipes": (
        "name", "id", "minutes", "contributor_id", "submitted", "tags", "nutrition", "n_steps", "ingredients",
        "n_ingredients",
    ),
    "ratings": ("user_id", "recipe_id", "date", "rating"),
}  # fmt: skip
LOOKS = {
    "recipes": {"id": fields.ID_LOOK, "contributor_id": fields.ID_LOOK, "submitted": fields.DATE_LOOK},
    "ratings": {"user_id": fields.ID_LOOK, "recipe_id": fields.ID_LOOK, "date": fields.DATE_LOOK},
}
SOURCE = {  # the lab's column -> Food.com's, for reasons
    "recipes": {
        "recipe": "id", "title": "name", "author": "contributor_id", "published_day": "submitted", "kcal": "nutrition",
    },
    "ratings": {"cook": "user_id", "recipe": "recipe_id", "day": "date", "arrived": "date", "stars": "rating"},
}  # fmt: skip


def read_foodcom(path: str | Path) -> dict[str, Records]:
    """The two files of a folder as text: {"recipes": ..., "ratings": ...}.

    Raises BadInput when the folder or a file is missing, empty, without rows, or not Food.com's.
    """
    folder = Path(path)
    if not folder.is_dir():
        found = "is a file" if folder.exists() else "does not exist"
        raise BadInput(f"{folder} {found}; expected a folder that holds {' and '.join(FILES.values())}.")
    there = sorted(entry.name for entry in folder.iterdir())[:5]
    if lacking := [file for file in FILES.values() if not (folder / file).is_file()]:
        raise BadInput(f"{folder} has no {' and no '.join(lacking)} (it holds {', '.join(there) or 'nothing'}).")
    read = {table: read_records(folder / file, WANTED[table], LOOKS[table]) for table, file in FILES.items()}
    for table, content in read.items():
        if not len(content):
            raise BadInput(f"{folder / FILES[table]} has a header and no rows; expected Food.com's data below it.")
    return read


def ingest_foodcom(store: Store, path: str | Path) -> Ingested:
    """Read, screen and commit a Food.com folder as one bulk upload; an earlier one is replaced.

    Raises BadInput, with nothing written, when nothing in it can be kept or the store already holds a lab's days.
    """
    head = store.head(REPO)
    before = store.paths(head) if head else []
    if any(not name.startswith(f"{FOLDER}/") for name in before):
        raise BadInput("The store holds days of a lab, which have a calendar of their own; use another workspace.")
    raw = read_foodcom(path)
    recipes = screened_recipes(raw["recipes"])
    ratings = screened_ratings(raw["ratings"], set(recipes.kept["recipe"].tolist()))
    if not len(recipes.kept):
        found = ", ".join(f"{reason}: {n}" for reason, n in recipes.reasons.items())
        raise BadInput(f"No recipe of {Path(path) / FILES['recipes']} can be used ({found}); look at the file.")
    first = int(ratings.kept["day"].min() if len(ratings.kept) else recipes.kept["published_day"].max())
    tables = since(first, recipes.kept, ratings.kept)
    screened = {
        "recipes": replace(recipes, kept=tables["recipes"]),
        "ratings": replace(ratings, kept=tables["ratings"]),
    }
    changes: dict[str, bytes | None] = {f"{FOLDER}/{table}.parquet": to_bytes(frame) for table, frame in tables.items()}
    changes |= quarantine(FOLDER, screened.values())
    gone = {name: None for name in before if name not in changes}
    newest = int(tables["ratings"]["day"].max()) if len(ratings.kept) else 0
    about = {"day": newest, "first_date": (fields.EPOCH + timedelta(days=first)).isoformat()}
    return committed(store, head, {**changes, **gone}, screened, "Food.com", about)


def since(first: int, recipes: pd.DataFrame, ratings: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables with days counted from the first, and the cooks that the ratings tell of."""
    ratings = ratings.assign(day=ratings["day"] - first, arrived=ratings["arrived"] - first)
    joined = ratings.groupby("cook", sort=False)["day"].min()
    cooks = pd.DataFrame({"cook": joined.index.astype("str"), "joined_day": joined.to_numpy()})
    cooks = cooks.assign(market="unknown", diet="any").astype(empty("cooks").dtypes.to_dict())
    return {
        "recipes": recipes.assign(published_day=recipes["published_day"] - first),
        "ratings": ratings,
        "cooks": cooks,
    }


def screened_recipes(read: Records) -> Screened:
    """Food.com's recipes, screened; published_day counts from 1970."""
    raw = read.frame
    recipe, no_recipe = fields.ids(raw["id"])
    author, no_author = fields.ids(raw["contributor_id"])
    ingredients = [fields.listed(text) for text in raw["ingredients"].tolist()]
    tags = [fields.listed(text) or [] for text in raw["tags"].tolist()]
    frame = pd.DataFrame(
        {
            "recipe": recipe,
            "title": [" ".join(text.split()) for text in raw["name"].tolist()],
            "author": author,
            "published_day": fields.days(raw["submitted"]),
            **{name: raw[name] for name in ("minutes", "n_steps", "n_ingredients")},
            "kcal": [fields.kcal_of(text) for text in raw["nutrition"].tolist()],
            "cuisine": [fields.cuisine_of(own) for own in tags],
            "diet": [fields.diet_of(own) for own in tags],
            "season": [fields.season_of(own) for own in tags],
            "ingredients": ["; ".join(own or ()) for own in ingredients],
        }
    )
    no_list = np.array([own is None for own in ingredients], dtype=bool)
    return _screened("recipes", frame, read, {"recipe": no_recipe, "author": no_author, "ingredients": no_list})


def screened_ratings(read: Records, recipes: set[str]) -> Screened:
    """Food.com's reviews, screened; day counts from 1970."""
    cook, no_cook = fields.ids(read.frame["user_id"])
    recipe, no_recipe = fields.ids(read.frame["recipe_id"])
    day = fields.days(read.frame["date"])
    frame = pd.DataFrame({"day": day, "arrived": day, "cook": cook, "recipe": recipe, "stars": read.frame["rating"]})
    return _screened("ratings", frame, read, {"cook": no_cook, "recipe": no_recipe}, known={"recipe": recipes})


def _screened(
    table: str,
    frame: pd.DataFrame,
    read: Records,
    wrong: dict[str, np.ndarray],
    known: Mapping[str, set[str]] | None = None,
) -> Screened:
    found = screen(table, frame, known=known, wrong=wrong, source=read.frame, unparsable=read.unparsable)
    names = {reason: _in_their_words(table, reason) for reason in found.reasons}
    reasons = found.quarantined["reason"].map(names).astype("str")
    return replace(found, quarantined=found.quarantined.assign(reason=reasons))


def _in_their_words(table: str, reason: str) -> str:
    kind, _, column = reason.rpartition(" ")
    return f"{kind} {SOURCE[table].get(column, column)}".strip()
