"""What makes two fleets different, however their files are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load
from deployer.operations.sameness import differences

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Fleet
    from deployer.session import Session

CLUSTER = """
name: lake
provider: aws
aws: {account: "012345678901", clusterName: lake, region: us-west-2}
provider_url: https://example.org
identity: {uid: 01234567-89ab-cdef-0123-456789abcdef}
support: {helm_chart_values_files: [support.values.yaml]}
hubs:
- name: research
  display_name: Research
  domain: research.example.org
  helm_chart: basehub
  helm_chart_values_files: [research.values.yaml, enc-research.secret.values.yaml]
  contacts: {owner: {name: Ada}}
  health: {timeout: 30}
"""
FILES = {
    "cluster.yaml": CLUSTER,
    "support.values.yaml": "grafana: {}\n",
    "research.values.yaml": "jupyterhub: {singleuser: {memory: {limit: 1G}, extraEnv: {A: '1'}}}\n",
    "enc-research.secret.values.yaml": "jupyterhub: {hub: {config: {X: {old: 'ENC[a]'}}}}\nsops: {mac: ''}\n",
}
HUB = "- name: research"
CHANGES = {
    "a region": ("cluster.yaml", "us-west-2", "us-west-1", ["lake: provider"]),
    "an account": (
        "cluster.yaml",
        "012345678901",
        "112345678901",
        ["lake: provider", "lake research: `userServiceAccount.annotations.eks.amazonaws.com/role-arn`"],
    ),
    "an address": ("cluster.yaml", "https://", "http://", ["lake: provider_url"]),
    "a uid": ("cluster.yaml", "01234567-", "11234567-", ["lake: uid"]),
    "a version": (
        "cluster.yaml",
        "provider: aws",
        'provider: aws\nkubernetes_version: "1.33"',
        ["lake: kubernetes_version"],
    ),
    "values of support": ("support.values.yaml", "{}", "{a: 1}", ["lake: support"]),
    "a hub's name": ("cluster.yaml", HUB, "- name: other", ["lake: hubs", "lake research: gone"]),
    "a display name": ("cluster.yaml", "Research", "Other", ["lake research: display_name"]),
    "a contact": ("cluster.yaml", "Ada", "Bob", ["lake research: contacts"]),
    "a check": ("cluster.yaml", "timeout: 30", "timeout: 31", ["lake research: health"]),
    "a preset": ("cluster.yaml", HUB, f"{HUB}\n  presets: [own]", ["lake research: `jupyterhub.cull.every`"]),
    "a value": ("research.values.yaml", "1G", "2G", ["lake research: `jupyterhub.singleuser.memory.limit`"]),
    "a type": ("research.values.yaml", "'1'", "1", ["lake research: `jupyterhub.singleuser.extraEnv.A`"]),
    "a key": (
        "research.values.yaml",
        "A:",
        "B:",
        [f"lake research: `jupyterhub.singleuser.extraEnv.{key}`" for key in "AB"],
    ),
    "an encrypted key": (
        "enc-research.secret.values.yaml",
        "old:",
        "new:",
        [
            "lake research: encrypted",
            "lake research: `jupyterhub.hub.config.X.old`",
            "lake research: `jupyterhub.hub.config.X.new`",
        ],
    ),
    "an encrypted value": (
        "enc-research.secret.values.yaml",
        "ENC[a]",
        "ENC[b]",
        ["lake research: encrypted"],
    ),
}


def fleet(root: Path, *, name: str = "", old: str = "", new: str = "") -> Fleet:
    for each, text in FILES.items():
        path = root / "config/clusters/lake" / each
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(old, new) if each == name else text)
    preset = root / "config/presets/own.yaml"
    preset.parent.mkdir(parents=True, exist_ok=True)
    preset.write_text("description: Own\nvalues: {jupyterhub: {cull: {every: 300}}}\n")
    found, problems = load(root)
    assert {each.rule for each in problems} <= {"cluster-name", "aws-account"}
    return found


@pytest.mark.parametrize("change", CHANGES)
def test_a_difference_is_told_by_its_place(session: Session, tmp_path: Path, change: str) -> None:
    name, old, new, expected = CHANGES[change]
    before = fleet(tmp_path)
    assert list(differences(session, before, fleet(tmp_path, name=name, old=old, new=new))) == expected


def test_a_cluster_that_goes_or_comes_is_a_difference(session: Session, tmp_path: Path) -> None:
    one = fleet(tmp_path)
    (tmp_path / "config/clusters/lake").rename(tmp_path / "config/clusters/sea")
    assert list(differences(session, one, load(tmp_path)[0])) == ["lake: gone", "sea: new"]


def test_comments_quotes_and_order_make_no_difference(session: Session, tmp_path: Path) -> None:
    before = fleet(tmp_path)
    text = (
        "# a comment\njupyterhub:\n  singleuser:\n    extraEnv: {A: \"1\"}\n    memory:\n      limit: '1G'\n"
    )
    (tmp_path / "config/clusters/lake/research.values.yaml").write_text(text)
    assert list(differences(session, before, load(tmp_path)[0])) == []
