"""Objects in what Helm renders."""

from __future__ import annotations

import pytest

from deployer.errors import DeployerError
from deployer.fleet.manifests import objects

STREAM = """\
---
# Source: a comment, as Helm writes it
kind: Service
---
# A template with nothing in it
---
text that is no object
---
kind: List
apiVersion: v1
items:
  - kind: Secret
  - kind: List
    items: [{kind: Role}]
"""


def test_objects_come_in_their_order_and_those_of_a_list_one_by_one() -> None:
    assert objects(STREAM) == ({"kind": "Service"}, {"kind": "Secret"}, {"kind": "Role"})


def test_scalars_are_read_as_a_cluster_gets_them() -> None:
    text = "{day: 2026-01-01, ports: 22:22, large: 1e3, on: y, 8080: '8080', text: !!str 1, none: .nan}"
    (found,) = objects(text)
    assert found == {
        "day": "2026-01-01",
        "ports": "22:22",
        "large": 1000,
        "true": True,
        "8080": "8080",
        "text": "1",
        "none": ".nan",
    }


def test_aliases_and_merge_keys_are_followed() -> None:
    (found,) = objects("base: &base {a: 1, b: 2}\nsame: *base\nmore: {b: 3, <<: *base, c: 4}\n")
    assert found == {"base": {"a": 1, "b": 2}, "same": {"a": 1, "b": 2}, "more": {"a": 1, "b": 3, "c": 4}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("secret: [", "did not find expected node content"),
        ("secret: *there", "found undefined alias"),
        ("secret: \x01", "control characters are not allowed"),
        ("secret: " + "[" * 300 + "]" * 300, "nested deeper than 200 levels"),
    ],
)
def test_what_is_no_yaml_is_an_error_that_does_not_quote_it(text: str, reason: str) -> None:
    with pytest.raises(DeployerError) as error:
        objects(text)
    assert error.value.message == f"Helm rendered what is not YAML: {reason}"


def test_what_contains_itself_ends() -> None:
    assert objects("a: &a [*a]") == ({"a": [None]},)
