"""Plain objects, and what becomes of them when somebody writes something strange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
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


def broken(thing: Any, chance: random.Random) -> Any:
    """Return a copy of an object with one value replaced by something strange, or gone."""
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
