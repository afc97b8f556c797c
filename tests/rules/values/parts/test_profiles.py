"""Slugs of profiles: the same as KubeSpawner's, or none."""

from __future__ import annotations

import pytest
from slugify import slugify as slugify_of_kubespawner

from deployer.rules.values.parts.profiles import slugify


@pytest.mark.parametrize(
    "name",
    [
        "Shared Small: 1-4 CPU, 8-32 GB",
        "~8 GB, upto 15.5 CPU",
        "1,000 processors, it's large",
        "R &amp; Python",
        "A&#38;B",
        "École à Zürich",
        "CPU_only",
        "--x--",
        "x²",
        "",
    ],
)
def test_a_slug_is_kubespawner_s(name: str) -> None:
    assert slugify(name) == slugify_of_kubespawner(name)


@pytest.mark.parametrize("name", ["100 €", "Ω", "“x”"])
def test_a_slug_is_unknown_where_a_transliteration_would_be_needed(name: str) -> None:
    assert slugify(name) is None
