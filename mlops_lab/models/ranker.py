"""A logistic regression on feature rows: the only model of the ladder that reads the catalogue of features."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
import pandas as pd

from mlops_lab.draws import mix
from mlops_lab.errors import BadInput
from mlops_lab.threads import one_thread

POSITION = "log_position"  # the control: what a place in the slate is worth, whatever stands in it


class View(Protocol):
    """The part of a view that a ranker looks at."""

    @property
    def columns(self) -> Mapping[str, np.ndarray]:
        """Feature name -> array that broadcasts to (n cooks, m recipes)."""


class Ranker:
    """P(click) = 1 / (1 + exp(-score)), the score being linear in standardised and one-hot features.

    C is scikit-learn's inverse strength of the l2 penalty. The position in the slate takes part in the fit as
    log(1 + position) and is held at 0 when scoring, so that what was shown first does not look better for it (a
    control for position bias, as in Joachims et al., WSDM 2017, who weight by it instead).

    mean_, slope_ (numeric features,): a value x adds (x - mean) * slope. category_, category_feature_,
    category_weight_ (c,): text, index into `categorical`, what it adds. intercept_, position_slope_: numbers.
    """

    kind: ClassVar[str] = "ranker"
    arrays: ClassVar[tuple[str, ...]] = (
        "mean_", "slope_", "category_", "category_feature_", "category_weight_", "intercept_", "position_slope_",
    )  # fmt: skip

    def __init__(self, C: float = 1.0, numeric: Sequence[str] = (), categorical: Sequence[str] = ()):
        if not C > 0 or not (numeric or categorical):
            raise BadInput(f"A ranker with C={C} and {len(numeric) + len(categorical)} features cannot be fitted.")
        self.C, self.numeric, self.categorical = float(C), tuple(numeric), tuple(categorical)

    @property
    def params(self) -> Mapping[str, Any]:
        """What the constructor was given."""
        return {"C": self.C, "numeric": list(self.numeric), "categorical": list(self.categorical)}

    def __repr__(self) -> str:
        return f"Ranker(C={self.C:g}, {len(self.numeric)} numeric and {len(self.categorical)} categorical features)"

    def fit(self, rows: pd.DataFrame, clicked: np.ndarray, position: np.ndarray | None = None) -> "Ranker":
        """Fit on labelled rows (e,) in any order. Raises BadInput when all or none were clicked."""
        clicked = np.asarray(clicked, dtype=bool)
        if clicked.all() or not clicked.any():
            raise BadInput(f"{clicked.sum()} of {len(clicked)} rows are clicked; a ranker needs some of both kinds.")
        table = self.table(rows, position)
        order = canonical_order([*(table[name] for name in table), clicked])
        pipeline = unfitted(self.C, self.numeric, self.categorical)
        with one_thread():
            pipeline.fit(table.iloc[order], clicked[order])
        self._export(pipeline)
        return self

    def table(self, rows: pd.DataFrame, position: np.ndarray | None = None) -> pd.DataFrame:
        """The columns the pipeline is fitted on: numeric as float, categorical as text, log of the position."""
        numbers = {name: _finite(rows[name]) for name in self.numeric}
        texts = {name: pd.Series(_text(rows[name]), dtype=object) for name in self.categorical}
        held = np.zeros(len(rows)) if position is None else np.log1p(np.asarray(position, dtype=np.float64))
        return pd.DataFrame({**numbers, **texts, POSITION: held})

    def _export(self, pipeline: Any) -> None:
        scaler = pipeline["features"].named_transformers_["numeric"]["scale"]
        weights, known = pipeline["logistic"].coef_[0], []
        if self.categorical:
            known = list(pipeline["features"].named_transformers_["categorical"].categories_)
        numbers = len(self.numeric) + 1
        slope, mean = weights[:numbers] / scaler.scale_, scaler.mean_
        self.mean_, self.slope_ = mean[:-1], slope[:-1]
        self.category_ = np.concatenate([np.zeros(0, "<U1"), *(np.asarray(texts, dtype=np.str_) for texts in known)])
        self.category_feature_ = np.repeat(np.arange(len(known)), [len(texts) for texts in known]).astype(np.int64)
        self.category_weight_ = weights[numbers:].copy()
        self.position_slope_ = np.float64(slope[-1])
        self.intercept_ = np.float64(pipeline["logistic"].intercept_[0] - slope[-1] * mean[-1])

    def contributions(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What each feature adds, in the shape of its column; with intercept_ they sum to the score.

        An unknown number or category adds 0: it counts as the mean of the training rows.
        """
        added = {name: self._number(at, columns[name]) for at, name in enumerate(self.numeric)}
        return added | {name: self._category(at, columns[name]) for at, name in enumerate(self.categorical)}

    def score(self, view: View) -> np.ndarray:
        """Log odds of a click in the first place of a slate: (n, m) float64."""
        added = [np.atleast_2d(part) for part in self.contributions(view.columns).values()]
        n, m = np.broadcast_shapes(*(part.shape for part in added))
        by_cook, by_recipe, scores = np.zeros((n, 1)), np.full((1, m), self.intercept_), None
        # What depends on the cook alone or the recipe alone is summed before the grid is touched.
        for part in added:
            if part.shape[1] == 1 and m > 1:
                by_cook = by_cook + part
            elif part.shape[0] == 1:
                by_recipe = by_recipe + part
            else:
                scores = part if scores is None else np.add(scores, part, out=scores)
        return by_cook + by_recipe if scores is None else np.add(scores, by_cook + by_recipe, out=scores)

    def _number(self, at: int, values: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", over="ignore"):
            added = np.atleast_1d(np.subtract(values, self.mean_[at], dtype=np.float64))
            np.multiply(added, self.slope_[at], out=added)
        unknown = ~np.isfinite(added)
        if unknown.any():
            added[unknown] = 0.0
        return added.reshape(np.shape(values))

    def _category(self, at: int, values: np.ndarray) -> np.ndarray:
        mine = self.category_feature_ == at
        known, weights = self.category_[mine], np.append(self.category_weight_[mine], 0.0)
        distinct, place = np.unique(_text(values), return_inverse=True)
        found = pd.Index(known.astype(object)).get_indexer(distinct.astype(object))  # -1 takes the appended 0
        return weights[found][place].reshape(np.shape(values))


def unfitted(C: float, numeric: Sequence[str], categorical: Sequence[str]) -> Any:
    """The scikit-learn Pipeline behind the ranker; an unknown number becomes the mean, an unknown text all zeros."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    known = SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True)
    numbers = Pipeline([("scale", StandardScaler()), ("impute", known)])
    features = [("numeric", numbers, [*numeric, POSITION])]
    if categorical:
        one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        features.append(("categorical", one_hot, list(categorical)))
    return Pipeline([("features", ColumnTransformer(features)), ("logistic", LogisticRegression(C=C, max_iter=1000))])


def canonical_order(columns: Sequence[Any]) -> np.ndarray:
    """An order of rows that depends on what they hold and not on how they came: sums in it are always the same."""
    state = np.zeros(len(columns[0]), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            values = np.asarray(column)
            if values.dtype == object:
                values = np.unique(values.astype(np.str_), return_inverse=True)[1]
            state = mix(state ^ mix((values.astype(np.float64) + 0.0).view(np.uint64)))
    return np.argsort(state, kind="stable")


def _finite(values: Any) -> np.ndarray:
    numbers = np.asarray(values, dtype=np.float64)
    known = np.isfinite(numbers)
    # A feature that was never known is a constant: it has slope 0, whatever it says later.
    return np.where(known, numbers, np.nan) if known.any() else np.zeros(len(numbers))


def _text(values: Any) -> np.ndarray:
    return np.asarray(values).astype(np.str_)
