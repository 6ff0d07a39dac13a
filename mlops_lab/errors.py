"""What a user did that cannot work, said in one sentence.

The command line prints the sentence and exits with code 2; a notebook catches it and prints it.
Anything that is *our* fault is an ordinary Python exception and keeps its traceback.
"""


class BadInput(ValueError):
    """Input that cannot be used. The message says what was found, what was expected and what to do next."""
