"""The values file of a new hub, as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.editing.emit import entry

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
_SERVERS = """\
  # What the servers of users are, where the chart or a preset says otherwise than this hub needs:
  # singleuser:
  #   memory:
  #     limit: 2G
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
    config = hub.sign_in.config
    if not config:
        return text + _NOTHING_YET
    lines = ["jupyterhub:", "  hub:", *entry("config", dict(config), column=4, list_offset=2)]
    return text + "\n".join([*lines, _SERVERS])
