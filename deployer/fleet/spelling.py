"""What somebody may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORT = 4
_VERY = 0.8
_LONGEST = 100
_MANY = 100
_SHOWN = 20


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like `word`, when one is like it at all."""
    from difflib import get_close_matches

    lower = word.lower()
    if not lower or len(lower) > _LONGEST:
        return None
    by_lower = {each.lower(): each for each in known if 0 < len(each) <= _LONGEST}
    if len(by_lower) > _MANY:
        # Comparing takes its time, and hardly a slip changes a word at both ends.
        by_lower = {key: each for key, each in by_lower.items() if key[0] == lower[0] or key[-1] == lower[-1]}
    close = get_close_matches(lower, by_lower, n=1, cutoff=0.6 if len(lower) <= _SHORT else 0.7)
    return by_lower[close[0]] if close else None


def only_near(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is very much like `word`, None when none is or several are.

    Two neighbouring letters may stand the wrong way round, in short words too.
    """
    from difflib import get_close_matches

    lower = word.lower()
    by_lower = {each.lower(): each for each in known if len(each) <= _LONGEST}
    close = get_close_matches(lower, by_lower, n=2, cutoff=_VERY) if len(word) <= _LONGEST else []
    close += [each for each in by_lower if each not in close and _transposed(lower, each)]
    return by_lower[close[0]] if len(close) == 1 else None


def _transposed(one: str, other: str) -> bool:
    differing = [index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    if len(one) != len(other) or len(differing) != 2 or differing[1] != differing[0] + 1:
        return False
    first, second = differing
    return one[first] == other[second] and one[second] == other[first]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `did you mean ...?` for a word that is like a known one, else what is known."""
    known = list(known)
    close = near(word, known)
    if close:
        return f"did you mean `{close}`?"
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"known: {', '.join(known[:_SHOWN])}{more}" if known else "there is none"
