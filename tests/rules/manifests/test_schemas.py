"""The schemas of Kubernetes: which there are, and that both validators agree about them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet.manifests import objects
from deployer.rules.manifests.schemas import api, known_versions
from tests.rules.manifests.making import DEPLOYMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

MORE = """\
---
apiVersion: v1
kind: Service
metadata: {name: hub, labels: {a: b}, annotations: {c: d}}
spec:
  type: ClusterIP
  selector: {app: hub}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: hub}
spec:
  rules:
    - host: hub.example.org
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: hub, port: {name: http}}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: hub}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: hub}
rules:
  - {apiGroups: [""], resources: [pods], verbs: [get]}
"""
STRANGE = ["", "text", 1, 1.5, True, None, [], {}, ["text"], {"strange": 1}, "1Gi", "TCP"]


def test_there_are_schemas_of_every_version_that_the_charts_take() -> None:
    assert {28, 29, 30, 31, 32, 33, 34, 35, 36, 37} <= set(known_versions())
    assert list(known_versions()) == sorted(known_versions())


@pytest.mark.parametrize("minor", known_versions())
def test_every_version_has_its_groups_and_takes_plain_objects(minor: int) -> None:
    served = api(minor)
    assert served.minor == minor
    assert {"", "apps", "batch", "networking.k8s.io", "policy"} <= served.groups
    for thing in objects(DEPLOYMENT + MORE):
        assert served.fits((thing["apiVersion"], thing["kind"]), thing), thing


def test_the_newest_version_of_a_kind_is_the_most_stable() -> None:
    assert api(34).newest("HorizontalPodAutoscaler") == "autoscaling/v2"
    assert api(34).newest("VolumeAttributesClass", "storage.k8s.io") == "storage.k8s.io/v1"
    assert api(34).newest("VolumeAttributesClass", "apps") is None


@pytest.mark.parametrize("seed", range(20))
def test_there_are_words_for_whatever_does_not_fit(seed: int) -> None:
    """The fast validator decides; the other one, on other schemas, must find the same wrong."""
    chance = random.Random(seed)
    served = api(34)
    for thing in objects(DEPLOYMENT + MORE):
        kind = (thing["apiVersion"], thing["kind"])
        for _ in range(20):
            broken = _broken(thing, chance)
            told = list(served.violations(kind, broken))
            assert served.fits(kind, broken) == (told == []), (broken, told)


def _broken(thing: Any, chance: random.Random) -> Any:
    """Return a copy with one value replaced by something strange, or gone."""
    place = chance.choice(list(_places(thing)))
    return _with(thing, place, chance.choice([*STRANGE, ...]))


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at and at[0] not in ("apiVersion", "kind"):
        yield at
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _places(each, (*at, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _places(each, (*at, index))


def _with(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    key, *rest = at
    if isinstance(value, list):
        listed = [_with(each, tuple(rest), new) if i == key else each for i, each in enumerate(value)]
        return [each for each in listed if each is not ...]
    named = {name: _with(each, tuple(rest), new) if name == key else each for name, each in value.items()}
    return {name: each for name, each in named.items() if each is not ...}
