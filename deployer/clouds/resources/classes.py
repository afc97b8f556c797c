"""What holds people's work, or is hard to get back: no plan may take it away unless somebody says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Protection:
    """A class of resources that the guard looks after, and what people lose with one."""

    name: str
    lost: str


CLUSTER = Protection(name="cluster", lost="all hubs of the cluster, until they are deployed to a new one")
NODE_POOL = Protection(name="node pool", lost="every server and hub that runs on its nodes")
NETWORK = Protection(name="network", lost="the way to everything that is in it")
HOMES = Protection(name="home storage", lost="people's home directories")
BUCKET = Protection(name="bucket", lost="all objects in it")
REGISTRY = Protection(name="registry", lost="all images in it, which running hubs may need")
DATABASE = Protection(name="database", lost="all that is in it")
DNS = Protection(name="DNS zone", lost="the names of all hubs in it; a new zone has other name servers")
KEY = Protection(name="key", lost="whatever is encrypted with it")
