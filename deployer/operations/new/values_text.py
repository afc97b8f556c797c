"""The values file of a new hub, as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployer.operations.new.answers import NewHub

_HEAD = """\
# yaml-language-server: $schema={schema}
# {display_name}, https://{domain}
# The keys are those of Zero to JupyterHub, below `jupyterhub`: https://z2jh.jupyter.org
# What stands here is stronger than presets, and those are stronger than what the chart says;
# `deployer explain {cluster} {name}` shows what the hub gets, and where from.
"""
_SECRETS = """\
# Encrypted, in {file}:
{keys}
"""
_HOMES_LATER = """\
# For a first deploy only: cluster.yaml says what comes after it.
nfs:
  enabled: false
"""
_NOTHING_YET = """\
# Nothing is here yet. What the servers of users are, for example, is said so:
# jupyterhub:
#   singleuser:
#     memory:
#       limit: 2G
"""


def values_file(hub: NewHub, *, cluster: str, schema: str, secret_file: str) -> str:
    """Return the text of a hub's values file; `schema` is the way to the schema that editors use."""
    text = _HEAD.format(
        schema=schema, display_name=hub.display_name, domain=hub.domain, cluster=cluster, name=hub.name
    )
    if hub.sign_in.secret:
        listed = "\n".join(f"#   {key}" for key in hub.sign_in.secret)
        text += _SECRETS.format(file=secret_file, keys=listed)
    return text + (_HOMES_LATER if hub.homes_later else _NOTHING_YET)
