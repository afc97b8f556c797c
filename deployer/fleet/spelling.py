"""What somebody may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like `word`, when one is like it at all."""
    from difflib import get_close_matches

    by_lower = {each.lower(): each for each in known}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `did you mean ...?` for a word that is like a known one, else what is known."""
    known = list(known)
    close = near(word, known)
    if close:
        return f"did you mean `{close}`?"
    return f"known: {', '.join(known)}" if known else "there is none"
