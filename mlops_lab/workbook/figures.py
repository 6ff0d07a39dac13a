"""A figure with a sentence for readers who do not see it."""

import base64
import html
import io
from typing import Any

from mlops_lab.errors import BadInput

# Okabe and Ito 2008: told apart with any kind of colour vision.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
SIZE_INCHES = (6.0, 2.8)


class Shown:
    """A drawn figure as an HTML image: the only form whose alt text reaches a notebook page, trusted or not."""

    def __init__(self, png: bytes, alt: str):
        self.png, self.alt = base64.b64encode(png).decode(), alt

    def __repr__(self) -> str:
        return f"[figure] {self.alt}"

    @property
    def html(self) -> str:
        """One <img> with its alt text and the picture inside it."""
        return f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{self.png}">'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


def show(figure: Any, alt: str) -> Shown:
    """Draw a matplotlib figure (or the figure of an Axes) and close it.

    alt: what the picture says, with its rounded facts, in one sentence. Raises BadInput when it is empty.
    """
    from matplotlib import pyplot

    figure = getattr(figure, "figure", figure)
    if not hasattr(figure, "savefig"):
        raise BadInput(f"Found {type(figure).__name__}; expected a matplotlib figure or axes: show(ax, alt).")
    if not isinstance(alt, str) or not alt.strip():
        raise BadInput('A figure needs alt text, one sentence that says what it shows: show(fig, "Clicks rise ...").')
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=100, bbox_inches="tight", metadata={"Software": None})
    pyplot.close(figure)
    return Shown(drawn.getvalue(), " ".join(alt.split()))


def style() -> None:
    """Small figures, colours for every kind of colour vision, the font that matplotlib brings along."""
    import matplotlib
    from cycler import cycler

    matplotlib.rcParams.update(
        {
            "axes.prop_cycle": cycler(color=COLOURS),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.dpi": 100,
            "figure.figsize": SIZE_INCHES,
            "font.family": "DejaVu Sans",
            "font.size": 9,
            "lines.linewidth": 1.6,
            "svg.hashsalt": "workbook",
        }
    )
