"""One thread for linear algebra, so that a fit adds its numbers in the same order on every machine."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold every BLAS and OpenMP pool to one thread inside the block.

    The libraries are imported first: one that is loaded inside the limit would keep all its threads.
    """
    import numpy  # noqa: F401
    import scipy.linalg  # noqa: F401
    import sklearn  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield
