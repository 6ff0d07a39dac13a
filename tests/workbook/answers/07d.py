"""Plausible wrong answers for the side trip of notebook 07."""

from mlops_lab.workbook.judges import n07d

n07d.ticks()  # once here, not in each of the processes that check an answer
_RIGHT = {"a": [[2], [6, 10], [], [14, 18, 22]], "b": [[2], [10], [], [22]]}


def once(work, tries, sleep):
    return work()


def at_once(work, tries, sleep):
    for number in range(tries):
        try:
            return work()
        except ValueError:
            raise
        except Exception:
            if number == tries - 1:
                raise


def steadily(work, tries, sleep):
    for number in range(tries):
        try:
            return work()
        except ValueError:
            raise
        except Exception:
            if number == tries - 1:
                raise
            sleep(1)


def slowly(work, tries, sleep):
    for number in range(tries):
        try:
            return work()
        except ValueError:
            raise
        except Exception:
            if number == tries - 1:
                raise
            sleep(2 ** (number + 1))


def to_the_end(work, tries, sleep):
    for number in range(tries):
        try:
            return work()
        except ValueError:
            raise
        except Exception as error:
            last = error
            sleep(2**number)
    raise last


def once_more(work, tries, sleep):
    for number in range(tries):
        try:
            return work()
        except ValueError:
            raise
        except Exception:
            sleep(2**number)
    return work()


def in_silence(work, tries, sleep):
    for number in range(tries):
        try:
            return work()
        except ValueError:
            raise
        except Exception:
            if number < tries - 1:
                sleep(2**number)


def in_other_words(work, tries, sleep):
    for number in range(tries):
        try:
            return work()
        except ValueError:
            raise
        except Exception:
            if number == tries - 1:
                raise RuntimeError("all tries failed") from None
            sleep(2**number)


def whatever_it_is(work, tries, sleep):
    for number in range(tries):
        try:
            return work()
        except Exception:
            if number == tries - 1:
                raise
            sleep(2**number)


def even_control_c(work, tries, sleep):
    for number in range(tries):
        try:
            return work()
        except ValueError:
            raise
        except:  # noqa: E722
            if number == tries - 1:
                raise
            sleep(2**number)


def if_true(work, tries, sleep):
    for number in range(tries):
        try:
            if value := work():
                return value
        except ValueError:
            raise
        except Exception:
            if number == tries - 1:
                raise
            sleep(2**number)


def mute(work, tries, sleep):
    work()


WRONG = {
    "07d-1": [
        {**_RIGHT, "a": [[2], [10], [], [22]]},
        {**_RIGHT, "a": [[2], [6, 10], [10], [14, 18, 22]]},
        {**_RIGHT, "a": [[2], [6, 10], [], [14, 18, 22, 26]]},
        {**_RIGHT, "a": [[2], [6, 10], [], [13, 17, 21]]},
        {**_RIGHT, "b": [[2], [6, 10], [], [22]]},
        {**_RIGHT, "b": [[2], [10], [], []]},
        {**_RIGHT, "b": [2, 10, 22]},
        [[2], [6, 10], [], [14, 18, 22]],
    ],
    "07d-2": [
        once, at_once, steadily, slowly, to_the_end, once_more, in_silence, in_other_words, whatever_it_is,
        even_control_c, if_true, mute, 3,
    ],
}  # fmt: skip
