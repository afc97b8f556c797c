"""Clusters and hubs for tests, made of text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from deployer.fleet.documents import Document
from deployer.fleet.encrypted import is_encrypted, without_metadata
from deployer.fleet.model import (
    Aws,
    Azure,
    Cluster,
    Gcp,
    Hub,
    Kubeconfig,
    Local,
    Preset,
    Provider,
    ValuesFile,
)

PROVIDERS: dict[str, Provider] = {
    "aws": Aws(key=None, account="012345678901", cluster="cluster", region="us-west-2"),
    "azure": Azure(key=None, resource_group="group", cluster="cluster"),
    "gcp": Gcp(key=None, project="project", cluster="cluster", location="us-central1"),
    "kubeconfig": Kubeconfig(file="kubeconfig"),
    "local": Local(),
}

IMAGES = {part: {"name": f"deployer.local/{part}", "tag": "1"} for part in ("hub", "proxy", "user")}

ENCRYPTED = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"


def document(text: str, name: str = "values.yaml") -> Document:
    """A document without positions."""
    data = yaml.safe_load(text) or {}
    encrypted = is_encrypted(data)
    return Document(
        path=Path("/fleet") / name,
        name=name,
        data=without_metadata(data) if encrypted else data,
        encrypted=encrypted,
    )


def values_file(name: str, text: str) -> ValuesFile:
    """A listed file; one with the key `sops` is encrypted."""
    found = document(text, f"config/clusters/cluster/{name}")
    return ValuesFile(name=name, path=found.path, document=found, encrypted=found.encrypted)


def preset(name: str, text: str) -> Preset:
    """A preset."""
    return Preset(name=name, description=name, document=document(text, f"config/presets/{name}.yaml"))


def hub(*files: ValuesFile, **settings: Any) -> Hub:
    """The hub `hub` of hub.example.org."""
    return Hub(
        **{
            "name": "hub",
            "display_name": "Hub",
            "domain": "hub.example.org",
            "chart": "basehub",
            "values_files": files,
            "document": document("{}"),
            **settings,
        }
    )


def cluster(provider: str, *hubs: Hub, **settings: Any) -> Cluster:
    """A cluster of a kind of provider."""
    return Cluster(
        **{
            "name": provider,
            "provider": PROVIDERS[provider],
            "directory": Path("/fleet/config/clusters") / provider,
            "hubs": hubs,
            "kubernetes_version": "1.34",
            "document": document("{}"),
            **settings,
        }
    )
