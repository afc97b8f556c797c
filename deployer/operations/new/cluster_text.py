"""A new cluster.yaml, as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.editing.emit import scalar
from deployer.fleet.versions import NEWEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.operations.new.answers import NewCluster

_HEAD = """\
# yaml-language-server: $schema={schema}
# {title}: its keys are explained in the reference, and in editors that know the line above.
schema: {version}
name: {name}
provider: {provider}
"""
_REACHED: Mapping[str, str] = {
    "gcp": """\
# Reached with the Google Cloud credentials of whoever runs the program, unless `key` names a file of
# credentials beside this one, which sops has encrypted.
""",
    "aws": """\
# Reached with the AWS credentials of whoever runs the program, unless `key` names a file of credentials
# beside this one, which sops has encrypted. The number of the account is text: it may begin with a zero.
""",
    "azure": """\
# Reached with the Azure credentials of whoever runs the program, unless `key` names a file of credentials
# beside this one, which sops has encrypted.
""",
    "kubeconfig": """\
# Reached by this file; sops encrypts those whose name begins with `enc-`.
""",
}
_VERSION = """\
# The minor version that the cluster runs: objects are rendered and checked for it.
kubernetes_version: {version}
"""
_NO_HUBS = """\
# `deployer new hub {name}` adds one.
hubs: []
"""


def cluster_file(cluster: NewCluster, *, title: str, schema: str, hub_entry: str | None) -> str:
    """Return the text of cluster.yaml; `schema` is the way to the schema that editors use."""
    text = _HEAD.format(
        schema=schema,
        title=title,
        version=NEWEST,
        name=scalar(cluster.name),
        provider=scalar(cluster.provider),
    )
    text += _REACHED[cluster.provider] + f"{cluster.provider}:\n"
    text += "".join(f"  {key}: {scalar(value)}\n" for key, value in cluster.block.items())
    if cluster.kubernetes_version:
        text += _VERSION.format(version=scalar(cluster.kubernetes_version))
    return text + (_hubs(hub_entry) if hub_entry else _NO_HUBS.format(name=cluster.name))


def _hubs(entry: str) -> str:
    first, *others = entry.splitlines(keepends=True)
    return f"hubs:\n  - {first}" + "".join(f"    {line}" for line in others)
