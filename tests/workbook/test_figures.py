"""Pictures for everybody."""

import base64

import pytest
from matplotlib import pyplot

from mlops_lab.errors import BadInput
from mlops_lab.workbook import figures


def test_a_figure_is_an_image_with_its_sentence() -> None:
    figure, axes = pyplot.subplots()
    axes.plot([1, 2])
    bundle = figures.show(axes, 'Clicks rise\n  from 1 to "2".')._repr_mimebundle_()
    assert bundle["text/plain"] == '[figure] Clicks rise from 1 to "2".'
    assert bundle["text/html"].startswith('<img alt="Clicks rise from 1 to &quot;2&quot;." src="data:image/png;base64,')
    assert not pyplot.fignum_exists(figure.number)


def test_the_same_figure_gives_the_same_bytes() -> None:
    def drawn() -> bytes:
        figure, axes = pyplot.subplots()
        axes.plot([1, 3, 2])
        return base64.b64decode(figures.show(figure, "A line.").png)

    first = drawn()
    assert first == drawn() and first.startswith(b"\x89PNG")


@pytest.mark.parametrize("alt", ["", "  \n", None])
def test_a_figure_without_a_sentence_is_refused(alt: str) -> None:
    figure = pyplot.figure()
    with pytest.raises(BadInput, match="alt text"):
        figures.show(figure, alt)
    pyplot.close(figure)


def test_something_else_is_no_figure() -> None:
    with pytest.raises(BadInput, match="Found str"):
        figures.show("soup", "Soup.")
