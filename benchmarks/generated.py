"""A fleet of any size, the same at every run, with files as large as those of a real one.

Measured on a fleet of 41 hubs: 3.3 values files a hub, of which 46 encrypted ones have 560 bytes, 20 shared
ones 3.7 KB and 42 own ones 3.5 KB on average; the values of a hub are 8.6 KB of YAML with 144 leaves.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path

HUBS_PER_CLUSTER = 5
_ENCRYPTED = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"
_WORDS = [
    "ocean",
    "climate",
    "genome",
    "soil",
    "star",
    "cell",
    "river",
    "forest",
    "ice",
    "cloud",
    "coral",
    "seed",
    "wave",
    "stone",
    "wind",
]
_MACHINES = {"r5.xlarge": 4, "r5.4xlarge": 16, "r5.16xlarge": 64}


def write_fleet(root: Path, *, clusters: int) -> Path:
    """Write a fleet of clusters with five hubs each, and return its root."""
    for index in range(clusters):
        _write_cluster(root / "config" / "clusters" / f"cluster-{index:03}", random.Random(index))
    _write(root / "config" / "org.yaml", {"name": "Example Hubs", "contact": "hubs@example.org"})
    return root


def _write_cluster(directory: Path, chance: random.Random) -> None:
    directory.mkdir(parents=True)
    hubs = [f"{word}-{number}" for number, word in enumerate(chance.sample(_WORDS, HUBS_PER_CLUSTER))]
    name = directory.name
    declared = {
        "name": name,
        "provider": "gcp",
        "provider_url": f"https://console.example.org/kubernetes/clusters/details/us-central1/{name}",
        "gcp": {"project": f"{name}-project", "cluster": f"{name}-hubs", "zone": "us-central1-b"},
        "kubernetes_version": "1.34",
        "hubs": [_hub(name, hub) for hub in hubs],
    }
    _write(directory / "cluster.yaml", declared)
    _write(directory / "common.values.yaml", _common(chance))
    for hub in hubs:
        _write(directory / f"{hub}.values.yaml", _own(name, hub, chance))
        _write(directory / f"enc-{hub}.secret.values.yaml", _secret())


def _hub(cluster: str, hub: str) -> dict[str, Any]:
    return {
        "name": hub,
        "display_name": hub.title(),
        "domain": _domain(cluster, hub),
        "helm_chart": "basehub",
        "helm_chart_values_files": [
            "common.values.yaml",
            f"{hub}.values.yaml",
            f"enc-{hub}.secret.values.yaml",
        ],
    }


def _domain(cluster: str, hub: str) -> str:
    return f"{hub}.{cluster}.example.org"


def _common(chance: random.Random) -> dict[str, Any]:
    """Return what the hubs of a cluster share: who may log in, the home page, the profile list."""
    groups = [f"example-{chance.choice(_WORDS)}-{number}:hub-access" for number in range(6)]
    return {
        "jupyterhub": {
            "custom": {"homepage": {"templateVars": _home_page(chance)}},
            "hub": {
                "config": {
                    "JupyterHub": {"authenticator_class": "github"},
                    "GitHubOAuthenticator": {"allowed_organizations": groups, "scope": ["read:org"]},
                    "Authenticator": {"admin_users": [f"person-{chance.randrange(1000)}" for _ in range(9)]},
                },
                "extraConfig": {"10-tags": _python(chance)},
                "allowNamedServers": True,
            },
            "singleuser": {"defaultUrl": "/lab", "profileList": [_profile(chance, groups)]},
        }
    }


def _own(cluster: str, hub: str, chance: random.Random) -> dict[str, Any]:
    """Return what one hub sets for itself."""
    bucket = f"gs://{cluster}-scratch/$(JUPYTERHUB_USER)"
    return {
        "jupyterhub": {
            "custom": {"homepage": {"templateVars": _home_page(chance)}},
            "hub": {
                "config": {
                    "GitHubOAuthenticator": {
                        "allowed_organizations": [f"example-{hub}-{number}" for number in range(3)]
                    }
                },
                "extraConfig": {"30-own": _python(chance)},
                "resources": {"requests": {"cpu": "100m", "memory": f"{chance.choice([512, 768])}Mi"}},
            },
            "ingress": {"hosts": [_domain(cluster, hub)]},
            "singleuser": {
                "image": {"name": f"quay.io/example/{hub}", "tag": f"2026.{chance.randrange(12)}.0"},
                "extraEnv": {"SCRATCH_BUCKET": bucket, "GH_SCOPED_CREDS_CLIENT_ID": f"Iv1.{hub}"},
                "memory": {"limit": "2G", "guarantee": "1G"},
                "profileList": [_profile(chance, []), _small(chance, "gpu"), _small(chance, "large")],
            },
        }
    }


def _secret() -> dict[str, Any]:
    oauth = {"client_id": _ENCRYPTED, "client_secret": _ENCRYPTED}
    token = {"USAGE_TOKEN": _ENCRYPTED}
    return {
        "jupyterhub": {"hub": {"config": {"GitHubOAuthenticator": oauth}, "extraEnv": token}},
        "sops": {"version": "3.9.0", "lastmodified": "2026-01-01T00:00:00Z", "mac": _ENCRYPTED},
    }


def _home_page(chance: random.Random) -> dict[str, Any]:
    def who(kind: str) -> dict[str, str]:
        word = chance.choice(_WORDS)
        return {"name": f"{kind} of {word.title()}", "url": f"https://{word}.example.org/{kind.lower()}"}

    org = {**who("Centre"), "logo_url": f"https://example.org/{chance.getrandbits(160):x}/logo.svg"}
    return {"org": org, "designed_by": who("School"), "operated_by": who("Team"), "funded_by": who("Fund")}


def _python(chance: random.Random) -> str:
    words = chance.sample(_WORDS, 4)
    lines = [f"c.KubeSpawner.environment.setdefault('{word.upper()}', '{word}')" for word in words]
    return "\n".join(["import os", *lines, ""])


def _profile(chance: random.Random, groups: list[str]) -> dict[str, Any]:
    images = {
        word: {
            "display_name": word.title(),
            "kubespawner_override": {"image": f"quay.io/example/{word}:2026.{chance.randrange(1, 13):02}.01"},
        }
        for word in chance.sample(_WORDS, 2)
    }
    sizes = {f"mem_{memory}": _size(memory, groups[:3]) for memory in (2, 8, 32, 128)[: 4 if groups else 3]}
    return {
        "display_name": "Choose your environment and resources",
        "slug": "choose",
        "default": True,
        **({"allowed_groups": groups} if groups else {}),
        "profile_options": {
            "image": {
                "display_name": "Environment",
                "unlisted_choice": {
                    "enabled": True,
                    "display_name": "Custom image",
                    "validation_regex": "^.+:.+$",
                    "validation_message": "Must be an image of the form <image-name>:<tag>",
                    "kubespawner_override": {"image": "{value}"},
                },
                "choices": images,
            },
            "resource_allocation": {"display_name": "Resource Allocation", "choices": sizes},
        },
    }


def _size(gigabytes: int, groups: list[str]) -> dict[str, Any]:
    machine = next(name for name, memory in _MACHINES.items() if gigabytes <= 8 * memory)
    return {
        "display_name": f"{gigabytes} GB RAM, ~{gigabytes / 8:g} CPUs",
        "description": "More when nobody else needs it",
        **({"allowed_groups": groups} if groups else {}),
        "kubespawner_override": {
            "mem_guarantee": gigabytes * 975710000,
            "mem_limit": gigabytes * 975710000,
            "cpu_guarantee": gigabytes / 8,
            "cpu_limit": gigabytes / 2,
            "node_selector": {"node.kubernetes.io/instance-type": machine},
        },
    }


def _small(chance: random.Random, slug: str) -> dict[str, Any]:
    image = f"quay.io/example/{chance.choice(_WORDS)}:2026.{chance.randrange(1, 13):02}.01"
    override = {"image": image, "mem_limit": "7G", "mem_guarantee": "6.5G", "cpu_limit": 4}
    return {"display_name": f"A {slug} one", "slug": slug, "kubespawner_override": override}


def _write(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
