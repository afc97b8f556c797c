"""Azure: the quotas of a region that node pools come up against: vCPUs of each family, and of all.

The names are those of `az vm list-usage` and `az network list-usages`
(learn.microsoft.com/azure/virtual-machines/quotas, 2026-11-27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.clouds.asking import Quota, Unanswered
from deployer.clouds.asking.azure_login import log_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.clouds.asking import Asker, Pool, Wanted

_ALL, _SPOT = "cores", "lowPriorityCores"
_COUNTED = (
    ("azurerm_public_ip", "PublicIPAddresses"),
    ("azurerm_virtual_network", "VirtualNetworks"),
    ("azurerm_network_security_group", "NetworkSecurityGroups"),
)
_MORE = "https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas"


def quotas(asker: Asker, wanted: Wanted) -> list[Quota]:
    """Return the quotas of what the pools want at their largest, and of what the plan makes."""
    log_in(asker)
    location = asker.variables["location"]
    machines = _usage(asker, ["az", "vm", "list-usage", f"--location={location}"])
    found = []
    for (name, what), count in _processors(asker, wanted).items():
        found.append(_quota(what, count, machines.get(name.lower()), whole=wanted.new))
    made = [(name, wanted.made[kind]) for kind, name in _COUNTED if wanted.made.get(kind)]
    if made:
        networks = _usage(asker, ["az", "network", "list-usages", f"--location={location}"])
        found += [_quota(name, count, networks.get(name.lower()), whole=True) for name, count in made]
    return found


def subscription_option(asker: Asker) -> list[str]:
    """Return what tells az which subscription is meant, if cluster.yaml does."""
    known = asker.variables.get("subscription")
    return [f"--subscription={known}"] if known else []


def _processors(asker: Asker, wanted: Wanted) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for pool in wanted.pools:
        for key in _names(asker, pool):
            sums[key] = sums.get(key, 0) + (pool.nodes * pool.type.cpu if pool.type else pool.nodes)
    return sums


def _names(asker: Asker, pool: Pool) -> Iterator[tuple[str, str]]:
    """Yield the names of the quotas that count a pool, and what they are about."""
    if pool.type is None:
        yield "", f"vCPUs of node pool {pool.name}: machines of the type {pool.machine} are not in our table"
    elif pool.spot:
        yield _SPOT, "vCPUs spot"
    else:
        yield _ALL, "vCPUs on demand: all families"
        yield _family(asker, pool.machine)


def _family(asker: Asker, machine: str) -> tuple[str, str]:
    """Return what Azure calls the family of a machine type; only Azure knows."""
    argv = [
        "az",
        "vm",
        "list-skus",
        f"--location={asker.variables['location']}",
        f"--size={machine}",
        "--all",
    ]
    try:
        said = asker.json([*argv, *subscription_option(asker), "--output=json"]) or ()
    except Unanswered:
        said = ()
    for each in said:
        if each["name"].lower() == machine.lower():
            return each["family"], f"vCPUs on demand: {each['family']}"
    return "", f"vCPUs on demand: the family of {machine}"


def _usage(asker: Asker, argv: list[str]) -> dict[str, Mapping[str, Any]]:
    said = asker.json([*argv, *subscription_option(asker), "--output=json"]) or ()
    return {each["name"]["value"].lower(): each for each in said}


def _quota(what: str, count: int, known: Mapping[str, Any] | None, *, whole: bool) -> Quota:
    if known is None:
        return Quota(what=what, wanted=count, more=_MORE, reason="Azure does not tell of it in this region")
    used = float(known["currentValue"]) if whole else None
    return Quota(what=what, wanted=count, limit=float(known["limit"]), used=used, more=_MORE)
