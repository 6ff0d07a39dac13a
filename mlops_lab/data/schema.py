"""A contract proposed from statistics (TFX SchemaGen), and how the reviewed one differs: people curate, machines count.

What a machine cannot know is what nobody has sent yet: it proposes the words and the bounds it has seen.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pandas as pd

from mlops_lab.data.comparators import LISTED
from mlops_lab.data.contracts import Rule, Rules
from mlops_lab.data.statistics import Statistics


def proposed(told: Statistics) -> Rules:
    """A rule for each column, from its statistics alone: whole numbers are int, a short list of words is closed."""
    return {name: _rule(column) for name, column in told.items()}


def _rule(column: Mapping[str, Any]) -> Rule:
    if "min" in column:
        whole = all(float(column[edge]).is_integer() for edge in ("min", "max"))
        whole = whole and all(float(value).is_integer() for value in column["quantiles"].values())
        return Rule("int" if whole else "float", low=column["min"], high=column["max"])
    words = column.get("words", {})
    closed = words and sum(words.values()) >= LISTED * len(words)
    return Rule("text", values=tuple(sorted(words)) if closed else ())


def line(rule: Rule | None) -> str:
    """A rule as its line in contracts.toml; "" for none."""
    if rule is None:
        return ""
    told = {f.name: getattr(rule, f.name) for f in fields(Rule) if getattr(rule, f.name) != f.default}
    return "{ " + ", ".join(f"{name} = {_toml(value)}" for name, value in told.items()) + " }"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{word}"' for word in value) + "]"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"


def differences(proposal: Rules, curated: Rules) -> pd.DataFrame:
    """Columns whose rule people have written otherwise than a machine would: column, proposed, curated (lines)."""
    names = list(dict.fromkeys([*curated, *proposal]))
    rows = [(name, line(proposal.get(name)), line(curated.get(name))) for name in names]
    return pd.DataFrame([row for row in rows if row[1] != row[2]], columns=["column", "proposed", "curated"])
