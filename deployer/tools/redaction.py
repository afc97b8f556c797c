"""Keeping secrets out of what programs say when they fail."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_SHORTEST = 4
"""Shorter texts (`1`, `yes`) are no secrets, and removing them would garble every message."""

_YAML_EXCERPT = 7
"""Characters of a value that YAML's decoder quotes in an error, followed by three dots."""

_MARK = "[redacted]"


def scalars(value: Any) -> tuple[str, ...]:
    """Return every scalar of a tree of values as text: what must not be shown of a decrypted file."""
    return tuple(sorted(set(_leaves(value))))


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without the secrets, in any of the forms in which a program may quote them.

    The forms are the text itself, its lines, its base64 (as in a Kubernetes Secret), its JSON-like
    quotation, and the beginning that YAML's decoder shows.
    """
    forms = {form for secret in secrets for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, _MARK)
    return text


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _forms(secret: str) -> Iterator[str]:
    for text in {secret, secret.strip(), *(line.strip() for line in secret.splitlines())}:
        if len(text) < _SHORTEST:
            continue
        yield text
        yield text.replace("\\", "\\\\").replace('"', '\\"')
        yield base64.b64encode(text.encode()).decode()
        if len(text) > _YAML_EXCERPT:
            yield text[:_YAML_EXCERPT] + "..."
    if len(secret) >= _SHORTEST:
        yield base64.b64encode(secret.encode()).decode()
