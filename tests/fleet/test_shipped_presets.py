"""The presets that come with the program: which of them go together, and that each has a page."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
import yaml

from deployer.fleet.load import load
from deployer.fleet.rules.presets import preset_conflict

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Fleet

NAMES = ("binder", "dask", "education", "ephemeral", "event", "exam", "gpu", "research", "university")

CULLING = "`features.culling.idle_minutes`"
HOMES = "`features.homes.kind`"
PROFILES = "`features.profiles`"
QUOTA = "`features.homes.quota_gb`"
CONTRADICT = {
    # Servers of a binder stop after 20 minutes.
    ("binder", "education"): CULLING,
    ("binder", "university"): CULLING,
    ("binder", "exam"): CULLING,
    ("binder", "event"): CULLING,
    # One keeps homes, the other keeps nothing.
    ("binder", "research"): HOMES,
    ("education", "ephemeral"): HOMES,
    ("ephemeral", "university"): HOMES,
    ("ephemeral", "exam"): HOMES,
    ("ephemeral", "research"): HOMES,
    # Servers of an event stay over lunch, those of a course don't.
    ("education", "event"): CULLING,
    ("event", "university"): CULLING,
    ("event", "exam"): CULLING,
    # In an exam nobody chooses image, size or GPU.
    ("exam", "gpu"): PROFILES,
    # Small homes or large ones.
    ("education", "research"): QUOTA,
    ("research", "university"): QUOTA,
    ("exam", "research"): QUOTA,
}
"""Pairs, and the first thing about which they contradict each other."""

PAIRS = list(combinations(NAMES, 2))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A hub for each pair."""
    root = tmp_path_factory.mktemp("fleet")
    hubs = [
        {
            "name": "-".join(pair),
            "domain": f"{'-'.join(pair)}.example.org",
            "helm_chart": "basehub",
            "helm_chart_values_files": [],
            "presets": list(pair),
        }
        for pair in PAIRS
    ]
    directory = root / "config/clusters/campus"
    directory.mkdir(parents=True)
    cluster = {"name": "campus", "provider": "local", "hubs": hubs}
    (directory / "cluster.yaml").write_text(yaml.safe_dump(cluster))
    found, _ = load(root, state=root / "state")
    return found


def test_all_presets_are_known_here(repository: Path) -> None:
    assert {path.stem for path in (repository / "config/presets").glob("*.yaml")} == set(NAMES)


def test_pairs_contradict_each_other_as_the_table_says(fleet: Fleet) -> None:
    found: dict[tuple[str, ...], str] = {}
    assert preset_conflict.find
    for finding in preset_conflict.find(fleet):
        hub, about = re.findall("`([^`]+)`", finding.message)[0], finding.message.partition(" about ")[2]
        found.setdefault(tuple(hub.split("-")), about.partition(":")[0])
    assert found == CONTRADICT


@pytest.mark.parametrize("name", NAMES)
def test_each_has_a_page_that_says_what_it_sets_and_costs_and_how_to_change_it(
    name: str, repository: Path
) -> None:
    page = (repository / f"docs/presets/{name}.md").read_text()
    assert page.startswith(f"# {name}\n")
    headings = ["## What it sets", "## What it costs", "## How to change it"]
    assert re.findall("^## .*", page, re.MULTILINE) == headings


def test_the_documents_have_the_same_table(repository: Path) -> None:
    page = (repository / "docs/presets/index.md").read_text()
    rows = re.findall(r"^\| (`[^|]+`) \| (`[^|]+`) \| [^|]+ \|$", page, re.MULTILINE)
    told = {
        tuple(sorted((one, other)))
        for left, right in rows
        for one in re.findall("`([^`]+)`", left)
        for other in re.findall("`([^`]+)`", right)
    }
    assert told - {tuple(sorted(pair)) for pair in CONTRADICT} == set()
    assert {tuple(sorted(pair)) for pair in CONTRADICT} - told == set()
