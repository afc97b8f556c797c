"""What `validate` can mend: each fix by what it makes of a file, and what is left to people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deployer.operations.fix import FIXES, Fixes, carry_out, plan
from deployer.operations.validation.validate import validate
from deployer.rules.catalogue import RULES
from tests.charts.making import write_mirror

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.problems import Problem
    from deployer.session import Session

CLUSTER = "config/clusters/lake/cluster.yaml"
VALUES = "config/clusters/lake/a.values.yaml"
HUB = """\
schema: 2
name: lake
provider: local
hubs:
  - name: a
    domain: a.localhost
    helm_chart: basehub
    helm_chart_values_files: [a.values.yaml]
"""
AWS = """\
schema: 2
name: lake
provider: aws
aws: {account: 012345678901, clusterName: lake, region: us-west-2}
"""
GCP = """\
schema: 2
name: lake
provider: gcp
gcp: {project: lake, cluster: lake, zone: us-central1-b}
"""
RULE = """Want a domain.
severity: warning
for: hub
check: has(hub.domain)
message: write one
examples:
  valid: [{hub: {domain: a}}]
  invalid: [{hub: {}}]
"""
IMAGE = "jupyterhub:\n  singleuser:\n    image:\n      name: quay.io/a/b\n      tag: {}\n"

SETTINGS = """\
jupyterhub:
  hub:
    config:
      JupyterHub: {{authenticator_class: native}}
      Authenticator:
        {}
      KubeSpawner: {{{}}}
"""


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    return replace(session, chart_mirror=write_mirror(tmp_path / "mirror"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "fleet"


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def problems(session: Session, root: Path) -> tuple[Problem, ...]:
    return validate(session, root, render=False).problems


def mended(session: Session, root: Path, name: str, text: str) -> tuple[str, Fixes]:
    """Return what a file becomes, and what was done to it."""
    write(root, CLUSTER, HUB)
    write(root, VALUES, "{}\n")
    write(root, name, text)
    fixes = plan(session, root, problems(session, root))
    carry_out(fixes)
    return (root / name).read_bytes().decode(), fixes


CASES = {
    "a name that is nearly right": (
        CLUSTER,
        HUB.replace("domain:", "domian :").replace("localhost", "localhost  # here"),
        HUB.replace("domain:", "domain :").replace("localhost", "localhost  # here"),
    ),
    "a name and the number that it names": (
        CLUSTER,
        f"{HUB}kubernetes_verison: 1.30\n",
        f'{HUB}kubernetes_version: "1.30"\n',
    ),
    "names in flow maps": (
        CLUSTER,
        f"{HUB}metadata: {{a: 1}}\nidentity: {{uidd: 01234567-89ab-cdef-0123-456789abcdef}}\n",
        f"{HUB}metadata: {{a: 1}}\nidentity: {{uid: 01234567-89ab-cdef-0123-456789abcdef}}\n",
    ),
    "an account that loses a zero": (CLUSTER, AWS, AWS.replace("012345678901", '"012345678901"')),
    "a tag that is another number": (VALUES, IMAGE.format("1.10  # t"), IMAGE.format('"1.10"  # t')),
    "a tag that is a number": (VALUES, IMAGE.format("1.9"), IMAGE.format('"1.9"')),
    "a tag of digits": (VALUES, IMAGE.format("20260102"), IMAGE.format('"20260102"')),
    "a tag in a file of Windows": (
        VALUES,
        "\ufeff" + IMAGE.format("1.10").replace("\n", "\r\n"),
        "\ufeff" + IMAGE.format('"1.10"').replace("\n", "\r\n"),
    ),
    "a tag that an alias repeats": (
        VALUES,
        IMAGE.format("&tag 1.10") + "    extraImages:\n      own: {name: quay.io/a/c, tag: *tag}\n",
        IMAGE.format('&tag "1.10"') + '    extraImages:\n      own: {name: quay.io/a/c, tag: "1.10"}\n',
    ),
    "a value that must be text": (
        VALUES,
        "jupyterhub:\n  singleuser:\n    defaultUrl: 1\n",
        'jupyterhub:\n  singleuser:\n    defaultUrl: "1"\n',
    ),
    "names in org.yaml": (
        "config/org.yaml",
        "nam: Example\ndefaults: {kubernetes_version: 1.34}\n",
        'name: Example\ndefaults: {kubernetes_version: "1.34"}\n',
    ),
    "names in rules of one's own": ("config/rules/own.yaml", f"sumary: {RULE}", f"summary: {RULE}"),
    "settings under names of old": (
        VALUES,
        SETTINGS.format("whitelist: [a] # them", "image_spec: a:1, singleuser_uid: 3, uid: 4"),
        SETTINGS.format("allowed_users: [a] # them", "image: a:1, singleuser_uid: 3, uid: 4"),
    ),
    "a key that no chart knows": (
        VALUES,
        "jupyterhub:\n  singeluser: # all of them\n    defaultUrl: /lab\n",
        "jupyterhub:\n  singleuser: # all of them\n    defaultUrl: /lab\n",
    ),
    "a key at the top that no chart knows": (
        VALUES,
        "jupyterhb:\n  singleuser:\n    defaultUrl: /lab\n",
        "jupyterhub:\n  singleuser:\n    defaultUrl: /lab\n",
    ),
    "letters the wrong way round in a short name": (
        CLUSTER,
        GCP.replace("zone:", "zoen:"),
        GCP,
    ),
    "names in presets": (
        "config/presets/own.yaml",
        "desciption: Own\nvalues: {}\n",
        "description: Own\nvalues: {}\n",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_problem_is_mended_and_nothing_else_changes(session: Session, root: Path, case: str) -> None:
    name, before, after = CASES[case]
    found, fixes = mended(session, root, name, before)
    assert found == after
    assert (fixes.edits > 0, len(fixes.changes), fixes.refused) == (True, 1, ())
    assert not {each.rule for each in problems(session, root)} & {"schema", "misread-version", "image-number"}
    assert plan(session, root, problems(session, root)).changes == ()


LEFT = {
    "a name like two others": f"{HUB}    staged_for: [b]\n",
    "a name that is there already": f"{HUB}    domian: b.localhost\n",
    "a name that wants another value": f"{HUB}    contact: Ada\n",
    "a name like none": f"{HUB}    hull: thick\n",
    "true where text should be": HUB.replace("a.localhost", "true"),
    "a key of which nothing is known": HUB.replace("name: a", "nom: a"),
}


@pytest.mark.parametrize("case", LEFT)
def test_what_may_be_meant_in_several_ways_is_left_to_people(session: Session, root: Path, case: str) -> None:
    found, fixes = mended(session, root, CLUSTER, LEFT[case])
    assert (found, fixes) == (LEFT[case], Fixes(edits=0, changes=()))
    assert "schema" in {each.rule for each in problems(session, root)}


SLIP = "jupyterhub:\n  singeluser:\n    defaultUrl: /lab\n"
LEFT_IN_VALUES = {
    "a key that is there already": SLIP + "  singleuser: {}\n",
    "a key that wants another value": "jupyterhub:\n  singeluser: [a]\n",
    "a key like none": "jupyterhub:\n  hull: thick\n",
}


@pytest.mark.parametrize("case", LEFT_IN_VALUES)
def test_what_may_be_meant_otherwise_in_values_is_left_to_people(
    session: Session, root: Path, case: str
) -> None:
    found, fixes = mended(session, root, VALUES, LEFT_IN_VALUES[case])
    assert (found, fixes) == (LEFT_IN_VALUES[case], Fixes(edits=0, changes=()))
    assert "chart-schema" in {each.rule for each in problems(session, root)}


def test_a_key_is_left_when_the_chart_of_another_hub_cannot_be_asked(session: Session, root: Path) -> None:
    other = HUB.partition("hubs:\n")[2].replace("name: a", "name: b").replace("a.localhost", "b.localhost")
    write(root, VALUES, SLIP)
    write(root, CLUSTER, HUB + other)
    assert plan(session, root, problems(session, root)).edits == 1
    write(root, CLUSTER, HUB + other.replace("helm_chart: basehub", "helm_chart: own"))
    assert plan(session, root, problems(session, root)).edits == 0


def test_what_is_not_reported_is_not_mended(root: Path, session: Session) -> None:
    write(root, CLUSTER, HUB.replace("domain", "domian"))
    write(root, VALUES, IMAGE.format("1.10"))
    found = [each for each in problems(session, root) if each.rule != "schema"]
    assert [each.name for each in plan(session, root, found).changes] == [VALUES]


def test_a_file_that_cannot_be_edited_is_told_and_the_others_are_mended(
    root: Path, session: Session, tmp_path: Path
) -> None:
    write(root, CLUSTER, HUB.replace("domain", "domian"))
    write(root, "config/clusters/lake/real.yaml", IMAGE.format("1.10"))
    (root / VALUES).symlink_to("real.yaml")
    fixes = plan(session, root, problems(session, root))
    assert [each.name for each in fixes.changes] == [CLUSTER]
    assert fixes.refused == (f"{VALUES} cannot be edited: it is a link, or lies behind one",)


def test_ignores_that_hide_nothing_go(root: Path, session: Session) -> None:
    write(root, CLUSTER, f"{HUB}ignore:\n  - rule: unlisted-values  # old\n    reason: once\n")
    ignored = "# deployer: ignore=misread-version,unquoted-version no\n"
    write(root, VALUES, f"{ignored}jupyterhub: # z2jh\n  cull: {{}} {ignored}")
    found, _ = mended_ignores(session, root)
    assert found == {CLUSTER: HUB, VALUES: "jupyterhub: # z2jh\n  cull: {}\n"}


def test_ignores_of_which_something_is_left_stay(root: Path, session: Session) -> None:
    used = "  - rule: unlisted-values\n    reason: Ada's\n"
    idle = "  - rule: misread-version\n    reason: once\n"
    values = "jupyterhub:\n  # deployer: ignore=unquoted-version,misread-version no\n  someVersion: 1.9\n"
    write(root, CLUSTER, f"{HUB}ignore:\n{used}{idle}")
    write(root, VALUES, values)
    write(root, "config/clusters/lake/b.values.yaml", "{}\n")
    found, _ = mended_ignores(session, root)
    assert found == {CLUSTER: f"{HUB}ignore:\n{used}", VALUES: values}


def mended_ignores(session: Session, root: Path) -> tuple[dict[str, str], Fixes]:
    fixes = plan(session, root, problems(session, root))
    carry_out(fixes)
    return {name: (root / name).read_text() for name in (CLUSTER, VALUES)}, fixes


def test_every_fix_is_of_a_rule_that_there_is() -> None:
    assert set(FIXES) <= {rule.id for rule in RULES}
