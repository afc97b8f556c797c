"""Whatever values hold, rules about them end in findings and in nothing else."""

from __future__ import annotations

import json
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployer.fleet import model
from deployer.rules.values import RULES
from tests.rules.values.making import Making, found

VALUES: dict[str, Any] = yaml.safe_load("""
jupyterhub:
  hub:
    baseUrl: /a/
    config:
      JupyterHub: {authenticator_class: cilogon, load_groups: {students-of-all: [a]}}
      CILogonOAuthenticator:
        client_id: a
        oauth_callback_url: https://a.org/hub/oauth_callback
        allow_all: true
        allowed_users: [a]
        idps: {"http://google.com/a": {username_derivation: {username_claim: a}, allow_all: true}}
    extraConfig: {a: x = 1}
    extraEnv: {A: b}
    extraFiles:
      a: {mountPath: /a.py, stringData: x = 1}
      b: {mountPath: /a.json, stringData: "{}"}
      c: {mountPath: /a.ini, data: {a: b}}
    image: {name: a/b, tag: latest}
    loadRoles: {a: {groups: [students-of-all]}}
    resources: {requests: {cpu: 1}, limits: {cpu: 500m}}
    tolerations: [{key: a, operator: Exists}]
  singleuser:
    memory: {limit: 1G, guarantee: 2G}
    cpu: {limit: 1, guarantee: 2}
    nodeSelector: {size: small}
    startTimeout: 900
    storage: {type: static, capacity: 1Gi, static: {pvcName: a}}
    profileList:
      - display_name: A
        default: true
        allowed_groups: [a]
        kubespawner_override: {image: "a/b:1", mem_limit: 1G, node_selector: {size: large}, tolerations: [{}]}
      - display_name: A
        slug: a
        default: true
        profile_options:
          image:
            choices: {a: {default: true, allowed_teams: [a], kubespawner_override: {cpu_limit: 1}}}
            unlisted_choice: {enabled: true, validation_regex: "^a"}
  ingress: {enabled: true, hosts: [a.org], tls: [{hosts: [b.org]}]}
  cull: {enabled: true, timeout: 1, every: 2, maxAge: 1}
jupyterhub-home-nfs:
  enabled: true
  persistentVolume: {size: 1Gi}
  quotaEnforcer: {config: {QuotaManager: {hard_quota: 1, quota_overrides: {a: 1}}}}
""")
CLUSTER = """
infrastructure:
  node_pools: {notebooks: [{machine: n2-highmem-4, labels: {size: small}, taints: [{key: b}]}]}
hubs: [{health: {profile: a, image: b}}]
"""
TEXT = st.text("aGi1Ä.:-/{}<>[](* \n", max_size=6) | st.sampled_from(["1Gi", "dummy", "${", "urn:a", "-----"])
NUMBERS = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
JUNK = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(*at, key) for key, _ in items] + [
        each for key, below in items for each in places(below, (*at, key))
    ]


def _has(value: Any, key: Any) -> bool:
    if isinstance(value, list):
        return isinstance(key, int) and key < len(value)
    return isinstance(value, dict) and key in value


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(st.tuples(st.sampled_from(places(VALUES)), JUNK), min_size=1, max_size=3))
def test_any_value_anywhere_is_no_accident(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    values = deepcopy(VALUES)
    for at, junk in changes:
        target: Any = values
        for key in at[:-1]:
            target = target[key] if _has(target, key) else None
        if _has(target, at[-1]):
            target[at[-1]] = junk
    with tempfile.TemporaryDirectory() as directory:
        check = model.HealthCheck(profile="a", image="b")
        release = Making(Path(directory))(json.dumps(values), cluster=CLUSTER, health=check)
        assert all(line.startswith(("1:", "cluster:")) for line in found(RULES, release))


def test_the_values_to_begin_with_are_looked_at_by_most_rules(tmp_path: Path) -> None:
    """Else the test above would prove little."""
    check = model.HealthCheck(profile="a", image="b")
    release = Making(tmp_path)(json.dumps(VALUES), cluster=CLUSTER, health=check)
    assert len(found(RULES, release)) > 15
