"""Which problems are hidden, and where: beside a line, for a cluster, for some of its hubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load, load_fleet
from deployer.fleet.problems import ConfigurationError, Problem
from deployer.fleet.rules import UNIGNORABLE
from deployer.rules.catalogue import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Fleet

CLUSTER = "config/clusters/campus/cluster.yaml"


def hub(name: str, *files: str, domain: str = "same.example.org", comment: str = "") -> str:
    return f"""\
  - name: {name}
    domain: {domain} {comment}
    helm_chart: basehub
    helm_chart_values_files: [{", ".join(files)}]
"""


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def campus(root: Path, *hubs: str, ignore: str = "", name: str = "campus") -> None:
    text = f"name: {name}\nprovider: local\n{ignore}hubs:\n{''.join(hubs)}"
    write(root, f"config/clusters/{name}/cluster.yaml", text)


def rules(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.rule for problem in problems]


def entry(rule: str, *hubs: str) -> str:
    return f"ignore:\n  - rule: {rule}\n    reason: why\n" + (
        f"    hubs: [{', '.join(hubs)}]\n" if hubs else ""
    )


def hidden(fleet: Fleet) -> list[tuple[int, str]]:
    return [(each.problem.line, each.problem.rule) for each in fleet.hidden]


def test_a_deploy_takes_a_fleet_whose_errors_are_ignored(tmp_path: Path) -> None:
    campus(tmp_path, hub("old"), hub("new"))
    with pytest.raises(ConfigurationError):
        load_fleet(tmp_path)
    campus(tmp_path, hub("old"), hub("new", comment="# deployer: ignore=domains why"))
    assert hidden(load_fleet(tmp_path)) == [(9, "domains")]


def test_an_ignore_hides_its_rule_at_its_line_and_no_other(tmp_path: Path) -> None:
    campus(tmp_path, hub("old"), hub("new", comment="# deployer: ignore=staging,hub-names why"), hub("newer"))
    assert rules(load(tmp_path)[1]) == ["domains", "domains"]
    campus(tmp_path, hub("old"), hub("new", comment="# deployer: ignore=staging,domains why"), hub("newer"))
    fleet, problems = load(tmp_path)
    assert (rules(problems), hidden(fleet)) == (["domains"], [(9, "domains")])


def test_without_a_reason_nothing_is_hidden(tmp_path: Path) -> None:
    campus(tmp_path, hub("old"), hub("new", comment="# deployer: ignore=domains"))
    assert rules(load(tmp_path)[1]) == ["domains"]


def test_what_keeps_a_file_from_being_read_is_never_hidden(tmp_path: Path) -> None:
    write(tmp_path, CLUSTER, "name: campus\nname: campus # deployer: ignore=duplicate-key why\n")
    assert "duplicate-key" in rules(load(tmp_path)[1])


def test_only_rules_about_files_can_refuse_to_be_ignored() -> None:
    """Loading, which a deploy does too, knows no other rules."""
    assert {rule.id for rule in RULES if not rule.ignorable} == UNIGNORABLE


def test_a_cluster_ignores_for_its_own_files_only(tmp_path: Path) -> None:
    campus(tmp_path, hub("old", "enc-a.values.yaml"), ignore=entry("plain-secret"))
    campus(tmp_path, hub("old", "enc-a.values.yaml", domain="other.example.org"), name="other")
    for cluster in ("campus", "other"):
        write(tmp_path, f"config/clusters/{cluster}/enc-a.values.yaml", "a: 1\n")
    _, problems = load(tmp_path)
    assert [(each.path, each.rule) for each in problems] == [
        ("config/clusters/other/enc-a.values.yaml", "plain-secret")
    ]


def test_hubs_of_a_cluster_ignore_where_they_are_declared_and_in_files_that_no_other_hub_lists(
    tmp_path: Path,
) -> None:
    both = "enc-both.values.yaml"
    campus(
        tmp_path,
        hub("old", both, "enc-old.values.yaml"),
        hub("new", both, "enc-new.values.yaml"),
        hub("newer"),
        ignore=entry("domains", "new") + entry("plain-secret", "new").removeprefix("ignore:\n"),
    )
    for file in (both, "enc-old.values.yaml", "enc-new.values.yaml"):
        write(tmp_path, f"config/clusters/campus/{file}", "a: 1\n")
    fleet, problems = load(tmp_path)
    assert [(each.path.rpartition("/")[2], each.line, each.rule) for each in problems] == [
        ("cluster.yaml", 20, "domains"),
        ("enc-both.values.yaml", 1, "plain-secret"),
        ("enc-old.values.yaml", 1, "plain-secret"),
    ]
    assert hidden(fleet) == [(16, "domains"), (1, "plain-secret")]


@pytest.mark.parametrize(
    ("hubs", "told", "shown"),
    [
        ((), ("campus", "new"), False),
        ((), ("other", "new"), True),
        (("new",), ("campus", "new"), False),
        (("new",), ("campus", "old"), True),
    ],
)
def test_what_hubs_are_told_is_hidden_from_them_wherever_the_file_is(
    tmp_path: Path, hubs: tuple[str, ...], told: tuple[str, str], *, shown: bool
) -> None:
    campus(
        tmp_path,
        hub("old", domain="old.example.org"),
        hub("new", domain="new.example.org"),
        ignore=entry("render", *hubs),
    )
    fleet, _ = load(tmp_path)
    problem = Problem(path="config/common.values.yaml", line=1, column=1, message="bad", rule="render")
    assert bool(fleet.ignores.sift([problem], told)[0]) == shown


@pytest.mark.parametrize("hubs", ["[]", "new", "[1]", "{}"])
def test_an_entry_that_is_wrong_hides_nothing(tmp_path: Path, hubs: str) -> None:
    ignore = (
        f"ignore:\n  - {{rule: domains, reason: why, hubs: {hubs}}}\n  - domains\n  - {{rule: domains}}\n"
    )
    campus(tmp_path, hub("old"), hub("new"), ignore=ignore)
    fleet, problems = load(tmp_path)
    assert (fleet.ignores.entries, "domains" in rules(problems)) == ((), True)
