"""Hubs like other ones: what is copied, what stays shared, what nobody can copy, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.fleet.editing.drafts import diff
from deployer.fleet.load import load, select_cluster, select_hubs
from deployer.operations.new import hub, hub_copy, hub_questions, plan
from tests.operations.new.answering import answered

if TYPE_CHECKING:
    from deployer.operations.new.plan import Plan
    from deployer.session import Session
    from tests.golden.comparison import Golden

GOLDEN = Path(__file__).parent.parent.parent / "golden/new"
SECRET = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"
LAKE = """\
name: lake
provider: kubeconfig
kubeconfig: {file: kubeconfig.yaml}
hubs:
- name: staging
  domain: staging.lake.example.org
  helm_chart: basehub
  helm_chart_values_files: [common.values.yaml]
# The one that counts.
- name: prod
  display_name: "The Lake"  # as they call it
  domain: lake.example.org
  helm_chart: basehub
  helm_chart_values_files:
  - common.values.yaml   # for all
  - prod.values.yaml
  - enc-prod.secret.values.yaml
  - only.values.yaml
  staged_by: staging
  chart_override: chart.yaml
  health:
    timeout: 300
support: {}
"""
PROD = """\
# The Lake, at lake.example.org; staging.lake.example.org is another.
jupyterhub:
  hub:
    config:
      GitHubOAuthenticator:
        oauth_callback_url: https://lake.example.org/hub/oauth_callback
        allowed_organizations: [lake]
        scope: [read:org]
  custom:
    homepage: {title: The Lake, help: https://docs.lake.example.org/, bucket: "gs://lake-prod/x"}
"""
FILES = {
    "lake/cluster.yaml": LAKE,
    "lake/common.values.yaml": "jupyterhub: {hub: {config: {JupyterHub: {authenticator_class: github}}}}\n",
    "lake/prod.values.yaml": PROD.replace("custom:", "# Below `custom` is what is ours.\n  custom:"),
    "lake/enc-prod.secret.values.yaml": f"""\
jupyterhub:
  hub:
    config:
      GitHubOAuthenticator: {{client_id: "{SECRET}", client_secret: "{SECRET}"}}
sops: {{version: 3.9.0}}
""",
    "lake/only.values.yaml": "jupyterhub: {}\n",
    "lake/chart.yaml": "",
    "lake/kubeconfig.yaml": "apiVersion: v1\nclusters: []\ncontexts: []\n",
    "moor/cluster.yaml": "name: moor\nschema: 2\nprovider: gcp\ngcp: {project: p, cluster: c, zone: a-b}\n",
}


@pytest.fixture
def root(tmp_path: Path, repository: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "config/clusters" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    chart = (repository / "helm-charts/basehub/Chart.yaml").read_text()
    (tmp_path / "config/clusters/lake/chart.yaml").write_text(chart)
    return tmp_path


@pytest.fixture
def session(session: Session, repository: Path) -> Session:
    return replace(session, chart_mirror=repository / "tests/charts")


def planned(session: Session, root: Path, target: str, source: str, **answers: str) -> Plan:
    fleet, _ = plan.present(session, root)
    owner = select_cluster(fleet, "lake")
    (hub,) = select_hubs(owner, [source])
    asking = hub_questions.hub_copy(fleet, select_cluster(fleet, target), owner, hub)
    return hub_copy.plan(session, root, target, answered(asking, **answers))


def text(found: Plan) -> str:
    notes = "".join(f"notice: {note}\n" for note in found.notes)
    return diff(found.changes) + notes + "".join(f"next: {step}\n" for step in found.next_steps)


def test_a_copy_beside_its_source(session: Session, root: Path, golden: Golden) -> None:
    found = planned(session, root, "lake", "prod", HUB="climate", display_name="Climate at the Lake")
    golden.check(GOLDEN / "copy.txt", text(found))
    plan.carry_out(found)
    assert not [each for each in load(root)[1] if each.severity == "error"]


def test_a_copy_on_another_cluster(session: Session, root: Path, golden: Golden) -> None:
    found = planned(session, root, "moor", "prod", HUB="pond", domain="pond.example.org")
    golden.check(GOLDEN / "copy-elsewhere.txt", text(found))


def test_a_copy_of_a_new_hub_has_its_own_names_and_waits_for_secrets_of_its_own(
    session: Session, root: Path
) -> None:
    """What `deployer new` itself wrote of the one hub is not said of the other."""
    fleet, _ = plan.present(session, root)
    github = {"sign_in": "github", "auth_organizations": "lake"}
    asking = hub_questions.new_hub(fleet, select_cluster(fleet, "lake"))
    described = answered(asking, HUB="physics", domain="physics.example.org", **github)
    plan.carry_out(hub.plan(session, root, "lake", described))
    fleet, _ = plan.present(session, root)
    owner = select_cluster(fleet, "lake")
    (like,) = select_hubs(owner, ["physics"])
    answers = answered(
        hub_questions.hub_copy(fleet, owner, owner, like), HUB="maths", domain="maths.example.org"
    )
    found = hub_copy.plan(session, root, "lake", answers)
    (entry, values) = (change.after.decode() for change in found.changes)
    assert "hysics" not in entry.partition("- name: maths\n")[2] + values
    assert entry.endswith(
        "  # What is secret belongs into a file that sops encrypts; list it above:\n"
        "  # - enc-maths.secret.values.yaml\nsupport: {}\n"
    )
    keys = "GitHubOAuthenticator.client_id, GitHubOAuthenticator.client_secret"
    assert found.next_steps[0] == f"sops edit config/clusters/lake/enc-maths.secret.values.yaml  # {keys}"
    assert [note.partition(":")[0] for note in found.notes] == [
        "the hub needs these values encrypted, in enc-maths.secret.values.yaml"
    ]


def test_secrets_in_a_file_that_both_have_are_named(session: Session, root: Path) -> None:
    place = root / "config/clusters/lake"
    (place / "enc-prod.secret.values.yaml").rename(place / "enc-all.secret.values.yaml")
    (place / "cluster.yaml").write_text(LAKE.replace("enc-prod.", "enc-all."))
    found = planned(session, root, "lake", "prod", HUB="climate", display_name="Climate at the Lake")
    keys = "GitHubOAuthenticator.client_id, GitHubOAuthenticator.client_secret"
    assert f"climate has the secrets of enc-all.secret.values.yaml too: {keys}" in found.notes
    assert found.next_steps[0] == (
        "where climate needs other secrets: sops edit config/clusters/lake/enc-climate.secret.values.yaml, "
        "and list it behind enc-all.secret.values.yaml in cluster.yaml"
    )


def test_a_copy_of_a_hub_without_files_of_its_own_is_an_entry(session: Session, root: Path) -> None:
    found = planned(session, root, "lake", "staging", HUB="climate", staged_by="")
    (change,) = found.changes
    added = change.after.decode().replace("support: {}\n", "").removeprefix(LAKE.replace("support: {}\n", ""))
    assert added == (
        "- name: climate\n  display_name: Climate\n  domain: climate.lake.example.org\n"
        "  helm_chart: basehub\n  helm_chart_values_files: [common.values.yaml]\n"
    )


def test_a_copy_has_none_of_the_windows_of_its_hub(session: Session, root: Path) -> None:
    exams = "  freeze:\n  - {from: 2026-12-01, until: 2026-12-18, reason: exams}\n"
    place = root / "config/clusters/lake/cluster.yaml"
    place.write_text(LAKE.replace("# The one that counts.\n", f"{exams}# The one that counts.\n"))
    found = planned(session, root, "lake", "staging", HUB="climate", staged_by="")
    assert found.changes[0].after.decode().count("freeze:") == 1


def test_a_file_that_is_there_already_stays_as_it_is(session: Session, root: Path) -> None:
    (root / "config/clusters/lake/climate.values.yaml").write_text("a: 1\n")
    with pytest.raises(DeployerError) as error:
        planned(session, root, "lake", "prod", HUB="climate")
    name = "config/clusters/lake/climate.values.yaml"
    assert error.value.message == f"there is a file already, which stays as it is: {name}"


def test_an_entry_that_an_alias_leads_out_of_is_written_anew(session: Session, root: Path) -> None:
    place = root / "config/clusters/lake/cluster.yaml"
    shared = LAKE.replace("[common.values.yaml]", "&files [common.values.yaml]")
    copied = shared.replace("support: {}\n", "- name: b\n  <<: &b\n    domain: b.example.org\n") + (
        "    helm_chart: basehub\n    helm_chart_values_files: *files\n"
    )
    place.write_text(copied)
    found = planned(session, root, "lake", "b", HUB="c", display_name="See")
    added = found.changes[0].after.decode().removeprefix(copied)
    assert added.splitlines() == [
        "- name: c",
        "  display_name: See",
        "  domain: c.lake.example.org",
        "  helm_chart: basehub",
        "  helm_chart_values_files:",
        "    - common.values.yaml",
        "  staged_by: staging",
    ]


def test_a_chart_of_the_older_format_is_not_copied_into_a_newer_file(session: Session, root: Path) -> None:
    place = root / "config/clusters/lake/cluster.yaml"
    place.write_text(LAKE.replace("helm_chart: basehub", "helm_chart: daskhub"))
    with pytest.raises(DeployerError) as error:
        planned(session, root, "moor", "prod", HUB="pond", domain="pond.example.org")
    assert error.value.message == "`daskhub` is a chart of format 1 only, and moor is written in another"
    assert error.value.hint == "lift the cluster of the hub first: `deployer migrate lake`"
