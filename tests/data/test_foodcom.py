"""Food.com's files, with every kind of dirt, end as one commit or as one sentence. No real row is in here."""

import json
from pathlib import Path

import pytest

from mlops_lab.data.foodcom import ingest_foodcom
from mlops_lab.data.tables import from_bytes, read_table
from mlops_lab.errors import BadInput
from mlops_lab.store import Store

from .tables_of_a_day import traffic

SAMPLE = Path(__file__).parents[2].parent / "shared" / "data" / "foodcom-sample"
RECIPES = (
    "name,id,minutes,contributor_id,submitted,tags,nutrition,n_steps,steps,description,ingredients,n_ingredients\r\n"
)
REVIEWS = "user_id,recipe_id,date,rating,review\r\n"


def recipe(number: int, name="leek  soup", minutes="30", submitted="2008-01-05", tags="['vegan']", **more: str) -> str:
    kcal, listed = more.get("nutrition", "[90.5, 1.0]"), more.get("ingredients", "['leek', \"cook's salt\"]")
    listed = '"' + listed.replace('"', '""') + '"'
    return f'{name},{number},{minutes},5,{submitted},"{tags}","{kcal}",2,"[\'boil\', \'eat\']",,{listed},2\r\n'


def folder(at: Path, reviews: str, recipes: str | None = None) -> Path:
    at.mkdir(exist_ok=True)
    recipes = "".join(recipe(n) for n in (10, 11, 12)) if recipes is None else recipes
    (at / "RAW_recipes.csv").write_bytes((RECIPES + recipes).encode())
    (at / "RAW_interactions.csv").write_bytes((REVIEWS + reviews).encode())
    return at


def ingested(tmp_path, reviews: str, recipes: str | None = None):
    store = Store(tmp_path / "store")
    return store, ingest_foodcom(store, folder(tmp_path / "raw", reviews, recipes))


def test_recipes_become_the_labs_recipes(tmp_path):
    store, done = ingested(tmp_path, "1,10,2008-01-15,5,good\r\n")
    row = read_table(store, done.commit, "recipes").iloc[0].to_dict()
    assert row == {
        "recipe": "10", "title": "leek soup", "author": "5", "published_day": -10, "minutes": 30.0, "n_steps": 2.0,
        "n_ingredients": 2.0, "kcal": 90.5, "cuisine": "other", "diet": "vegan", "season": "any",
        "ingredients": "leek; cook's salt",
    }  # fmt: skip


def test_reviews_become_ratings_counted_from_the_first_day(tmp_path):
    store, done = ingested(tmp_path, "2,11,2008-01-20,0,\r\n1,10,1/15/2008,5,good\r\n2,10,2008/1/18,4,ok\r\n")
    ratings, cooks = (read_table(store, done.commit, table) for table in ("ratings", "cooks"))
    assert ratings[["cook", "recipe", "day", "stars"]].values.tolist() == [
        ["2", "11", 5, 0],
        ["1", "10", 0, 5],
        ["2", "10", 3, 4],
    ]
    assert cooks[["cook", "joined_day", "market", "diet"]].values.tolist() == [
        ["2", 3, "unknown", "any"],
        ["1", 0, "unknown", "any"],
    ]
    about = done.commit.metadata
    assert (about["first_date"], about["date"], about["day"]) == ("2008-01-15", "2008-01-20", 5)


@pytest.mark.parametrize(
    ("review", "reason"),
    [
        ("1,99,2009-01-01,5,x\r\n", "orphan"),
        ("1,10,2009-02-30,5,x\r\n", "wrong type date"),
        ("1,10,16/9/2009,5,x\r\n", "wrong type date"),
        ("1,10,1009-01-01,5,x\r\n", "out of range date"),
        ("1,10,,5,x\r\n", "missing date"),
        ("abc,10,2009-01-01,5,x\r\n", "wrong type user_id"),
        (",10,2009-01-01,5,x\r\n", "missing user_id"),
        ("1,1O,2009-01-01,5,x\r\n", "wrong type recipe_id"),
        ("1,10,2009-01-01,6,x\r\n", "out of range rating"),
        ("1,10,2009-01-01,-1,x\r\n", "out of range rating"),
        ("1,10,2009-01-01,five,x\r\n", "wrong type rating"),
        ("1,10,2009-01-01,4.5,x\r\n", "wrong type rating"),
        ("1,10,2009-01-01,,x\r\n", "missing rating"),
        ("7,12,2008-01-15,1,the same again\r\n", "duplicate"),
        ("1,10,2009-01-01\r\n", "unparsable"),
        ("1,10,2009-01-01,5,x,y\r\n", "unparsable"),
        ('1,10,2009-01-01,5,"never closed\r\n', "unparsable"),
        ("\x00\x01\x02 noise \x7f\r\n", "unparsable"),
    ],
)
def test_a_bad_review_is_quarantined_and_its_neighbours_are_kept(tmp_path, review, reason):
    before = '7,12,2008-01-15,5,"two\r\nlines, ""quoted"""\r\n'
    store, done = ingested(tmp_path, before + review + '8,11,2009-05-05,0,"a, b"\r\n9,10,2009-05-06,1,fine\r\n')
    assert done.reasons == {reason: 1}
    assert done.tables["ratings"] == {"read": 4, "kept": 3, "quarantined": 1}
    refused = from_bytes(store.read(done.commit, "foodcom/quarantine.parquet"))
    assert refused["table"].tolist() == ["ratings"]
    kept_raw = json.loads(refused["row"][0])
    assert kept_raw == review if reason == "unparsable" else kept_raw["user_id"] == review.split(",")[0]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (recipe(13, minutes="2147483647"), "out of range minutes"),
        (recipe(13, minutes="soon"), "wrong type minutes"),
        (recipe(13, name=""), "missing name"),
        (recipe(13, submitted="2008-13-01"), "wrong type submitted"),
        (recipe(13, submitted="0208-01-01"), "out of range submitted"),
        (recipe(13, nutrition="[]"), "missing nutrition"),
        (recipe(13, nutrition="[lots, 1]"), "wrong type nutrition"),
        (recipe(13, ingredients="leek"), "wrong type ingredients"),
        (recipe(12), "duplicate"),
    ],
)
def test_a_bad_recipe_is_quarantined_with_the_files_own_word(tmp_path, row, reason):
    _, done = ingested(tmp_path, "1,10,2008-01-15,5,good\r\n", recipe(10) + recipe(12) + row)
    assert done.reasons == {reason: 1} and done.tables["recipes"]["kept"] == 2


def test_the_reviews_of_a_refused_recipe_are_orphans(tmp_path):
    _, done = ingested(tmp_path, "1,13,2008-01-15,5,x\r\n1,10,2008-01-16,5,x\r\n", recipe(10) + recipe(13, name=""))
    assert done.reasons == {"missing name": 1, "orphan": 1}


def test_a_review_older_than_its_recipe_is_kept(tmp_path):
    store, done = ingested(tmp_path, "1,10,2007-01-01,5,early\r\n")
    assert done.reasons == {} and read_table(store, done.commit, "recipes")["published_day"].tolist() == [369] * 3


def test_recipes_without_reviews_are_worth_keeping(tmp_path):
    _, done = ingested(tmp_path, "1,99,2008-01-15,5,x\r\n")
    assert done.tables["ratings"]["kept"] == 0 and done.commit.metadata["day"] == 0


def test_a_second_upload_replaces_the_first(tmp_path):
    store, first = ingested(tmp_path, "1,99,2008-01-15,5,x\r\n2,10,2008-01-15,5,x\r\n")
    assert ingest_foodcom(store, tmp_path / "raw").commit == first.commit
    again = ingest_foodcom(store, folder(tmp_path / "raw", "2,10,2008-01-15,5,x\r\n"))
    assert again.commit.parent == first.commit.id
    assert store.paths(again.commit) == [f"foodcom/{name}.parquet" for name in ("cooks", "ratings", "recipes")]


def refuse(tmp_path, path: Path, message: str) -> None:
    store = Store(tmp_path / "store")
    with pytest.raises(BadInput, match=message) as error:
        ingest_foodcom(store, path)
    assert "\n" not in str(error.value) and not (tmp_path / "store").exists()


def test_wrong_paths_change_nothing(tmp_path):
    at = folder(tmp_path / "raw", "1,10,2008-01-15,5,x\r\n")
    refuse(tmp_path, tmp_path / "nowhere", "does not exist; expected a folder that holds RAW_recipes.csv")
    refuse(tmp_path, at / "RAW_recipes.csv", "is a file; expected a folder")
    (at / "RAW_recipes.csv").rename(at / "recipes.csv")
    refuse(tmp_path, at, "has no RAW_recipes.csv .it holds RAW_interactions.csv, recipes.csv")
    (tmp_path / "empty").mkdir()
    refuse(tmp_path, tmp_path / "empty", "has no RAW_recipes.csv and no RAW_interactions.csv")


@pytest.mark.parametrize("file", ["RAW_recipes.csv", "RAW_interactions.csv"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "has the columns a, b; expected"),
        (b"\x00\xff\xfe\x01" * 5_000, "has the columns"),
    ],
)
def test_files_that_are_not_foodcoms_change_nothing(tmp_path, file, content, message):
    at = folder(tmp_path / "raw", "1,10,2008-01-15,5,x\r\n")
    (at / file).write_bytes(content)
    refuse(tmp_path, at, message)


def test_headers_without_rows_change_nothing(tmp_path):
    refuse(tmp_path, folder(tmp_path / "raw", ""), "RAW_interactions.csv has a header and no rows")
    refuse(
        tmp_path, folder(tmp_path / "raw", "1,10,2008-01-15,5,x\r\n", ""), "RAW_recipes.csv has a header and no rows"
    )
    refuse(
        tmp_path,
        folder(tmp_path / "raw", "1,10,2008-01-15,5,x\r\n", recipe(1, name="")),
        "No recipe .*missing name: 1",
    )


def test_a_labs_days_and_foodcom_do_not_mix(tmp_path):
    from mlops_lab.data.ingest import ingest_traffic

    store = Store(tmp_path / "store")
    head = ingest_traffic(store, traffic(0)).commit
    with pytest.raises(BadInput, match="use another workspace"):
        ingest_foodcom(store, folder(tmp_path / "raw", "1,10,2008-01-15,5,x\r\n"))
    assert store.head("traffic") == head


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the Food.com sample is not part of the project")
@pytest.mark.parametrize(
    ("part", "recipes", "ratings", "orphans", "cooks"),
    [(".", 381, 10_077, 0, 257), ("unlinked-random-1000", 1_000, 1_000, 995, 5)],
)
def test_the_real_sample_is_read_to_the_last_record(tmp_path, part, recipes, ratings, orphans, cooks):
    store = Store(tmp_path / "store")
    done = ingest_foodcom(store, SAMPLE / part)
    assert done.tables["recipes"] == {"read": recipes, "kept": recipes, "quarantined": 0}
    assert done.tables["ratings"] == {"read": ratings, "kept": ratings - orphans, "quarantined": orphans}
    assert done.reasons == ({"orphan": orphans} if orphans else {})
    assert len(read_table(store, done.commit, "cooks")) == cooks
