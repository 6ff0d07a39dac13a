"""Free text without the people in it: what looks like an identity is replaced before anything is stored.

Two nets. The narrow one is for every text, ids too, where many digits may well be an id: e-mail addresses, numbers
that begin with +, account numbers (IBAN), and 13 to 19 digits in a row with the check sum of a card. The wide one is
for free text and for what lies in quarantine: also cards and telephone numbers as people write them, and names after
"call me", "my name is", "by" and the like. What no pattern knows passes: a bare name is a word like others.
"""

import re

import numpy as np
import pandas as pd

_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’-]+(?: [A-ZÀ-ÖØ-Þ][\w'’.-]*){0,2}"
_BEFORE = r"(?i:\b(?:call|text|phone|ask for|contact|write to)(?: me)?,?|\bmy name is|\bi am called|\bsigned,?|\bby) "
_CARD = re.compile(r"(?<![\d.])[3-6]\d{12,18}(?!\d)")
NARROW = {
    re.compile(r"[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"): "[an e-mail address]",
    re.compile(r"(?<![\w+])\+\d(?:[ ().-]{0,2}\d){7,14}(?!\d)"): "[a telephone number]",
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"): "[an account number]",
}
WIDE = {
    re.compile(r"(?<![\d.])[3-6]\d{3}([ -])\d{4}(?:\1\d{4}\1\d{1,7}|\d{2}\1\d{4,5})(?!\d)"): "[a card number]",
    re.compile(
        r"(?<![\w.,+-])(?:(?:\(0\d{1,4}\)|0\d{1,4})[ /-]\d{3,4}(?:[ -]?\d{2,4}){1,2}"
        r"|(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4})(?![\w-])"
    ): "[a telephone number]",
    re.compile(rf"({_BEFORE}){_NAME}"): r"\1[a name]",
}  # fmt: skip
# What a text holds that these would change: row by row, and in the bytes of a column, digits as 0 and capitals as A.
_NARROW_LOOK = r"@|%40|\+\d|[3-6]\d{12}|[A-Z]{2}\d\d"
_WIDE_LOOK = _NARROW_LOOK + r"|\d{3}[ ./)-]|0\d[ /)-]|(?i:call|text|phone|me|for|contact|to|is|called|signed|by),? "
_SHAPES = bytes.maketrans(b"123456789BCDEFGHIJKLMNOPQRSTUVWXYZ", b"0" * 9 + b"A" * 25)
_NARROW_MARKS = (b"@", b"%00", b"+0", b"0" * 13, b"AA00")
_WIDE_MARKS = (*_NARROW_MARKS, b"000", b"00)", b"00 ", b"00/", b"00-")
_CUES = (b"call", b"text", b"phone", b"ask for", b"contact", b"write to", b" me", b"name is", b"called", b"signed")
_WORDS = (b"by ", *(cue + end for cue in _CUES for end in (b" ", b",")))


def scrubbed(text: str, *, free: bool = True) -> str:
    """A text without what looks like an identity; free: by the wide net."""
    for pattern, word in (NARROW | WIDE if free else NARROW).items():
        text = pattern.sub(word, text)
    return _CARD.sub(lambda found: "[a card number]" if luhn(found.group()) else found.group(), text)


def luhn(digits: str) -> bool:
    """Whether digits have the check sum of a card number (Luhn 1960); true of one in ten that are none."""
    numbers = [int(digit) for digit in digits][::-1]
    return (sum(numbers[::2]) + sum(sum(divmod(2 * number, 10)) for number in numbers[1::2])) % 10 == 0


def suspicious(texts: pd.Series, *, free: bool) -> np.ndarray:
    """Where a text may hold an identity (n,) bool: a quick look that overlooks nothing that `scrubbed` replaces."""
    import pyarrow as pa

    column = pa.array(texts.array)
    buffers = [part.buffers()[-1] for part in getattr(column, "chunks", [column])]
    if not marked(b"\n".join(buffer.to_pybytes() for buffer in buffers if buffer is not None), free=free):
        return np.zeros(len(texts), dtype=bool)
    return texts.str.contains(_WIDE_LOOK if free else _NARROW_LOOK, regex=True, na=False).to_numpy(dtype=bool)


def marked(content: bytes, *, free: bool) -> bool:
    """Whether anything in the bytes of many texts is worth a look at each."""
    shapes = content.translate(_SHAPES)
    if any(mark in shapes for mark in (_WIDE_MARKS if free else _NARROW_MARKS)):
        return True
    words = content.lower() if free else b""
    return any(word in words for word in _WORDS)


def without_identities(texts: pd.Series, *, free: bool) -> pd.Series:
    """A column of text, scrubbed; the very same column where nothing has to go."""
    at = np.flatnonzero(suspicious(texts, free=free))
    cells = texts.iloc[at].tolist()
    clean = [scrubbed(text, free=free) for text in cells]
    if clean == cells:
        return texts
    every = texts.tolist()
    for row, text in zip(at.tolist(), clean, strict=True):
        every[row] = text
    return pd.Series(every, index=texts.index, dtype="str")
