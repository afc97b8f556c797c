"""What hubs are made of names nothing of the support's without which they would not start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
HUBS = sorted([*(HERE / "values").glob("*.yaml"), *(HERE / "objects").glob("*.yaml")])
SUPPORT = sorted((HERE / "support").glob("*.objects.yaml"))
NEEDED = {"PriorityClass", "StorageClass", "Secret", "ConfigMap", "ServiceAccount", "PersistentVolumeClaim"}
"""Kinds of objects of which a pod that names one waits for it, or is refused."""


def names_of_the_support() -> set[str]:
    documents = [each for path in SUPPORT for each in yaml.safe_load_all(path.read_text()) if each]
    return {each["metadata"]["name"] for each in documents if each["kind"] in NEEDED}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("path", HUBS, ids=lambda path: path.name)
def test_a_hub_names_nothing_of_the_support(path: Path) -> None:
    said = {text for each in yaml.safe_load_all(path.read_text()) for text in texts(each)}
    assert said & names_of_the_support() == set()


def test_the_support_has_such_names() -> None:
    assert names_of_the_support() >= {"support-critical", "support-placeholder", "standard"}
