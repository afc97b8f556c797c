"""All rules about objects together."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deployer.rules.manifests import RULES
from tests.rules.manifests.breaking import MORE, broken
from tests.rules.manifests.making import DEPLOYMENT, found

if TYPE_CHECKING:
    from tests.rules.manifests.making import Rendering

FULL = (
    DEPLOYMENT
    + """\
          ports: [{name: http, containerPort: 80, hostPort: 0}]
          resources: {requests: {cpu: 1, memory: 1G}}
          securityContext:
            capabilities: {add: [CHOWN], drop: [ALL]}
            seLinuxOptions: {type: container_t}
            seccompProfile: {type: RuntimeDefault}
          livenessProbe: {httpGet: {port: 80, path: /}}
          volumeMounts: [{name: a, mountPath: /a}]
      volumes: [{name: a, emptyDir: {}}]
      securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: "1"}]}
"""
    + MORE
    + """\
---
apiVersion: v1
kind: Secret
metadata: {name: a, annotations: {helm.sh/hook: pre-install}}
data: {a: aGVsbG8=}
stringData: {b: text}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {a: text}
binaryData: {b: aGVsbG8=}
"""
)


def test_there_is_nothing_to_say_about_plain_objects(rendering: Rendering) -> None:
    assert found(rendering(FULL), *RULES) == []


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_written_no_rule_fails(rendering: Rendering, seed: int) -> None:
    """Two strange things in each object, again and again; there is something to say mostly."""
    chance = random.Random(seed)
    hub = rendering(FULL)
    spoken = 0
    for _ in range(25):
        strange = tuple(broken(broken(thing, chance), chance) for thing in hub.objects)
        spoken += bool(found(replace(hub, objects=strange), *RULES))
    assert spoken > 20
