"""The pages about the Terraform modules: what each builds for a topic, the variables, and the source.

A topic is a file or some, which have the same names in all modules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TERRAFORM = Path(__file__).parent.parent / "terraform"
CLOUDS = {"gcp": "Google Cloud", "aws": "AWS", "azure": "Azure"}
TOPICS = {
    "network": ("network",),
    "cluster": ("cluster", "access", "keys", "locks", "project"),
    "node pools": ("node_pools",),
    "homes": ("homes", "backups"),
    "buckets": ("buckets",),
    "hub permissions": ("identity",),
    "databases": ("databases", "database_users"),
    "registries": ("registry",),
    "budget": ("budget",),
    "DNS": ("dns",),
    "logs, costs, uptime": ("observability",),
    "CI identity": ("ci",),
}
"""What the modules are about, and the files for that."""
NOT_BUILT = {"variables", "outputs", "versions"}
"""Files that build nothing."""
_WHOSE = "whose cluster it is: an account, a project, a subscription"
_WHERE = "where it is: AWS and Google Cloud have regions, and a cluster of Google or Azure a location"
_EKS = "EKS does nothing by itself: it changes a cluster when `infra apply` does"
_LABELS = "what AWS and Azure call tags are labels on Google Cloud, and are written otherwise"
NOTES = {
    "account": _WHOSE,
    "freezes": _EKS,
    "labels": _LABELS,
    "location": _WHERE,
    "maintenance": _EKS,
    "project": _WHOSE,
    "region": _WHERE,
    "resource_group": "what is made on Azure is in one, which can be given to others as a whole",
    "subscription": _WHOSE,
    "system_pool": "only AKS makes a cluster with its first pool",
    "tags": _LABELS,
}
"""For each variable that not all clouds have: why."""
_RESOURCE = re.compile(r'^resource "(\w+)" "(\w+)" \{')
_VARIABLE = re.compile(r'^variable "(\w+)" \{\n  description = "(.+)"$', re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A resource of a module: its address, and its lines with the comment above them."""

    address: str
    text: str


def pages() -> dict[str, str]:
    """Return the table, and a page with the source of each module."""
    sources = {f"infrastructure/terraform-{cloud}.md": source_page(cloud) for cloud in modules()}
    return {"infrastructure/resources.md": table_page(), **sources}


def modules() -> list[str]:
    """Return the clouds that have a module."""
    return [cloud for cloud in CLOUDS if (TERRAFORM / cloud).is_dir()]


def topics(cloud: str) -> dict[str, list[Block]]:
    """Return the resources of a module by file, without `.tf`."""
    files = sorted((TERRAFORM / cloud).glob("*.tf"))
    return {path.stem: list(_blocks(path)) for path in files if path.stem not in NOT_BUILT}


def variables(cloud: str) -> dict[str, str]:
    """Return the variables of a module with their descriptions."""
    return dict(_VARIABLE.findall((TERRAFORM / cloud / "variables.tf").read_text(encoding="utf-8")))


def table_page() -> str:
    """Return the page with both tables."""
    heads = [CLOUDS[cloud] for cloud in modules()]
    lines = [
        "# What is built on each cloud",
        "A topic is a file or some of the Terraform module. Each resource leads to its source.",
        _row("topic", *heads) + "\n" + _row(*["---"] * (len(heads) + 1)),
    ]
    built = {cloud: topics(cloud) for cloud in modules()}
    for topic, files in TOPICS.items():
        cells = ["<br>".join(_links(cloud, built[cloud], files)) for cloud in built]
        lines[-1] += "\n" + _row(topic, *cells)
    lines += [
        "## Variables",
        "What is the same has one name on all clouds. `deployer` gives them, from cluster.yaml.",
        _row("variable", *heads, "what it is", "note") + "\n" + _row(*["---"] * (len(heads) + 3)),
    ]
    known = {cloud: variables(cloud) for cloud in modules()}
    for name in sorted({name for each in known.values() for name in each}):
        marks = ["yes" if name in each else "" for each in known.values()]
        about = next(each[name] for each in known.values() if name in each)
        lines[-1] += "\n" + _row(f"`{name}`", *marks, about, NOTES.get(name, ""))
    return "\n\n".join(lines) + "\n"


def source_page(cloud: str) -> str:
    """Return the page with the resources of a module, each under a heading to link to."""
    lines = [f"# Terraform on {CLOUDS[cloud]}", f"The resources of `terraform/{cloud}`, file by file."]
    for topic, blocks in topics(cloud).items():
        lines.append(f"## {topic}.tf")
        lines += [f"### {each.address} {{#{each.address}}}\n\n```hcl\n{each.text}\n```" for each in blocks]
    return "\n\n".join(lines) + "\n"


def _links(cloud: str, built: Mapping[str, list[Block]], files: Iterable[str]) -> Iterator[str]:
    for block in (block for file in files for block in built.get(file, [])):
        yield f"[`{block.address}`](terraform-{cloud}.md#{block.address})"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _blocks(path: Path) -> Iterator[Block]:
    above: list[str] = []
    lines = iter(path.read_text(encoding="utf-8").splitlines())
    for line in lines:
        found = _RESOURCE.match(line)
        if found:
            text = [*above, line]
            for below in lines:
                text.append(below)
                if below == "}":
                    break
            yield Block(address=f"{found[1]}.{found[2]}", text="\n".join(text))
        above = [*above, line] if line.startswith("#") else []
