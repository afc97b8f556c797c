"""One release, written by both majors of Helm, with somebody's edit in between: no upgrade may fail on it."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from deployer.tools.helm import Helm, environment
from deployer.tools.kubernetes import Api, NotFound
from deployer.tools.process import ProgramFailed
from tests.charts.making import built_helm, write_chart

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.cluster

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: some}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: some}}
  template:
    metadata: {labels: {app: some}}
    spec:
      nodeSelector: {nowhere: "true"}
      containers: [{name: some, image: none, env: [{name: A, value: {{ .Values.a | quote }}}]}]
"""

HOOK = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: hook, annotations: {helm.sh/hook: "pre-upgrade,pre-rollback"}}
"""


class Release:
    """A release of a small chart in a namespace of its own."""

    def __init__(self, api: Api, kubeconfig: Path, tmp_path: Path) -> None:
        self.api, self.kubeconfig, self.home = api, kubeconfig, tmp_path / "home"
        self.namespace = f"majors-{secrets.token_hex(3)}"
        files = {"templates/deployment.yaml": DEPLOYMENT, "templates/hook.yaml": HOOK}
        self.chart = write_chart(tmp_path / "some", files=files)

    def upgrade(self, helm: Helm, **values: Any) -> None:
        helm.upgrade(
            self.chart,
            release="some",
            namespace=self.namespace,
            values=values,
            home=self.home,
            kubeconfig=self.kubeconfig,
            timeout=60,
            description=f"by Helm {helm.major}",
        )

    def rollback(self, helm: Helm, revision: int) -> None:
        helm.rollback(
            "some",
            revision,
            namespace=self.namespace,
            home=self.home,
            kubeconfig=self.kubeconfig,
            timeout=60,
        )

    def history(self, helm: Helm) -> list[tuple[int, str]]:
        found = helm.history("some", namespace=self.namespace, home=self.home, kubeconfig=self.kubeconfig)
        return [(revision.number, revision.status) for revision in found]

    def path(self, tail: str = "") -> str:
        return f"/apis/apps/v1/namespaces/{self.namespace}/deployments/some{tail}"

    def state(self) -> tuple[int, str]:
        spec = self.api.get(self.path())["spec"]
        return spec["replicas"], spec["template"]["spec"]["containers"][0]["env"][0]["value"]

    def scale_by_hand(self, replicas: int) -> None:
        """As `kubectl scale` does, which makes somebody else the manager of the field."""
        self.api.patch(self.path("/scale"), {"spec": {"replicas": replicas}})


@pytest.fixture
def release(api: Api, state: Path, tmp_path: Path) -> Iterator[Release]:
    made = Release(api, state / "local/kubeconfig", tmp_path)
    yield made
    with suppress(NotFound):
        api.delete(f"/api/v1/namespaces/{made.namespace}")


@pytest.fixture
def helms(repository: Path) -> tuple[Helm, Helm]:
    return built_helm(repository, "helm3"), built_helm(repository, "helm")


def test_majors_take_turns_and_an_edit_by_hand_is_set_again(
    release: Release, helms: tuple[Helm, Helm]
) -> None:
    helm3, helm4 = helms
    assert release.history(helm4) == []
    release.upgrade(helm3, replicas=1, a="1")
    release.scale_by_hand(3)
    release.upgrade(helm4, replicas=2, a="2")
    assert release.state() == (2, "2")
    release.scale_by_hand(3)
    release.upgrade(helm3, replicas=1, a="3")
    assert release.state() == (1, "3")
    release.rollback(helm4, 2)
    assert release.state() == (2, "2")
    statuses = [(1, "superseded"), (2, "superseded"), (3, "superseded"), (4, "deployed")]
    assert [release.history(helm) for helm in helms] == [statuses, statuses]


def test_a_release_made_with_server_side_apply_is_adopted(release: Release, helms: tuple[Helm, Helm]) -> None:
    """And Helm 4 left to its default fails on the same edit, which is why it is not left to it."""
    _, helm4 = helms
    by_default = [
        str(helm4.program),
        "upgrade",
        "some",
        str(release.chart),
        "--install",
        "--create-namespace",
    ]
    by_default += ["--namespace", release.namespace, "--set", "replicas=1,a=1"]
    private = environment(release.home, release.kubeconfig)
    helm4.runner.run(by_default, env=private)
    release.scale_by_hand(3)
    with pytest.raises(ProgramFailed, match="conflict"):
        helm4.runner.run(by_default, env=private)
    release.upgrade(helm4, replicas=2, a="2")
    assert release.state() == (2, "2")
