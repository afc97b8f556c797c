"""Helm's argument lists for both majors, what is read from its output, and real runs."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.errors import DeployerError
from deployer.tools import helm_commands as commands
from deployer.tools.helm import Helm, Revision, environment, find_helm, parse_history, parse_version
from deployer.tools.helm_values import values_text
from deployer.tools.process import ProgramFailed, ProgramMissing, Result
from tests.charts.making import built_helm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HELM3 = Path("/bin/helm3")
HELM4 = Path("/bin/helm4")


@dataclass
class Scripted:
    """A Runner that expects exactly the given runs, and says what they leave."""

    answers: list[tuple[int, str, str]]
    program: Path | None = HELM4
    runs: list[tuple[tuple[str, ...], str | None, Mapping[str, str]]] = field(default_factory=list)

    def find(self, name: str) -> Path | None:
        assert name == "helm"
        return self.program

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float | None = None,
        check: bool = True,
    ) -> Result:
        assert cwd is None
        assert timeout is None
        self.runs.append((tuple(argv), stdin, env or {}))
        returncode, stdout, stderr = self.answers.pop(0)
        result = Result(argv=tuple(argv), returncode=returncode, stdout=stdout, stderr=stderr)
        if check and returncode:
            raise ProgramFailed(result)
        return result


def installed(*answers: tuple[int, str, str], major: int = 4, minor: int = 1) -> tuple[Helm, Scripted]:
    scripted = Scripted(list(answers))
    program = HELM3 if major == 3 else HELM4
    return Helm(program, (major, 14 if major == 3 else minor, 0), scripted), scripted


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("v3.14.0", (3, 14, 0)),
        ("v4.3", (4, 3, 0)),
        ("v3.22.0+gabcdef", (3, 22, 0)),
        ("v4.0.0-rc.1", (4, 0, 0)),
    ],
)
def test_version_of_releases_and_of_builds_from_the_module(said: str, version: tuple[int, int, int]) -> None:
    assert parse_version(said) == version


def test_something_that_is_no_helm_is_named() -> None:
    with pytest.raises(DeployerError, match="'hello'"):
        parse_version("hello\n")


def test_without_helm_the_error_says_how_to_get_it() -> None:
    with pytest.raises(ProgramMissing) as raised:
        find_helm(Scripted([], program=None))
    assert raised.value.hint == "run `make tools`, or install Helm 3.14 or newer"


@pytest.mark.parametrize("said", ["v3.13.3", "v2.17.0", "v5.0.0"])
def test_a_helm_that_cannot_be_used_is_refused(said: str) -> None:
    with pytest.raises(DeployerError, match=r"3\.14 or newer is needed: /bin/helm4") as raised:
        find_helm(Scripted([(0, said, "")]))
    assert raised.value.hint is not None


def test_find_helm_asks_for_the_version() -> None:
    scripted = Scripted([(0, "v4.3", "")])
    assert find_helm(scripted) == Helm(HELM4, (4, 3, 0), scripted)
    assert scripted.runs == [(("/bin/helm4", "version", "--template", "{{.Version}}"), None, {})]


@pytest.mark.parametrize("major", [3, 4])
def test_template_command(major: int) -> None:
    helm, _ = installed(major=major)
    argv = commands.template_argv(
        helm, Path("/c/basehub"), release="demo", namespace="demo", kube_version="1.34"
    )
    assert argv == (
        *(f"/bin/helm{major}", "template", "demo", "/c/basehub", "--namespace", "demo"),
        *("--kube-version", "1.34", "--include-crds", "--values", "-"),
        *("--api-versions", "policy/v1/PodDisruptionBudget"),
    )


def test_upgrade_command_waits_for_hooks_only_on_both_majors() -> None:
    common = (
        *("upgrade", "demo", "/c/basehub", "--install", "--create-namespace", "--namespace", "demo"),
        *("--values", "-", "--description", "by me", "--timeout", "601s", "--history-max", "100"),
    )
    expected = {3: (), 4: ("--wait=hookOnly", "--server-side=false")}
    for major, more in expected.items():
        helm, _ = installed(major=major)
        argv = commands.upgrade_argv(
            helm,
            Path("/c/basehub"),
            release="demo",
            namespace="demo",
            timeout=600.5,
            description="by me",
        )
        assert argv == (f"/bin/helm{major}", *common, *more)


def test_helm_4_0_knows_waiting_for_hooks_by_another_name() -> None:
    helm, _ = installed(minor=0)
    argv = commands.rollback_argv(helm, "demo", 7, namespace="demo", timeout=60)
    assert argv[-2:] == ("--wait=false", "--server-side=false")


def test_rollback_command_on_both_majors() -> None:
    common = ("rollback", "demo", "7", "--namespace", "demo", "--timeout", "60s", "--history-max", "100")
    expected = {3: (), 4: ("--wait=hookOnly", "--server-side=false")}
    for major, more in expected.items():
        helm, _ = installed(major=major)
        argv = commands.rollback_argv(helm, "demo", 7, namespace="demo", timeout=60)
        assert argv == (f"/bin/helm{major}", *common, *more)


def test_pull_commands_for_a_repository_and_a_registry() -> None:
    helm, _ = installed()
    options = ("--version", "1.0.0", "--destination", "/to")
    assert commands.pull_argv(helm, "jupyterhub", "1.0.0", "https://charts.example/", Path("/to")) == (
        *("/bin/helm4", "pull", "jupyterhub", "--repo", "https://charts.example/"),
        *options,
    )
    assert commands.pull_argv(helm, "homes", "1.0.0", "oci://registry.example/x/", Path("/to")) == (
        *("/bin/helm4", "pull", "oci://registry.example/x/homes"),
        *options,
    )


def test_values_go_to_stdin_and_the_environment_is_private(tmp_path: Path) -> None:
    helm, scripted = installed((0, "", ""))
    helm.upgrade(
        Path("/c/basehub"),
        release="demo",
        namespace="demo",
        values={"token": "s3cret"},
        home=tmp_path,
        kubeconfig=Path("/k"),
        timeout=5,
        description="by me",
    )
    [(argv, stdin, env)] = scripted.runs
    assert not [word for word in argv if "s3cret" in word]
    assert stdin == '{"token":"s3cret"}'
    assert env == {
        "HELM_CACHE_HOME": f"{tmp_path}/cache",
        "HELM_CONFIG_HOME": f"{tmp_path}/config",
        "HELM_DATA_HOME": f"{tmp_path}/data",
        "KUBECACHEDIR": f"{tmp_path}/kube-cache",
        "KUBECONFIG": "/k",
    }


def test_without_a_kubeconfig_the_operators_own_is_not_used(tmp_path: Path) -> None:
    assert environment(tmp_path)["KUBECONFIG"] == os.devnull


def test_what_helm_says_of_a_failure_is_redacted(tmp_path: Path) -> None:
    said = "Error: at '/token': 's3cret-value' does not match, got czNjcmV0LXZhbHVl near `s3cret-...`"
    helm, _ = installed((1, "", said))
    with pytest.raises(ProgramFailed) as raised:
        helm.template(
            Path("/c/basehub"),
            release="demo",
            namespace="demo",
            values={},
            kube_version="1.34",
            home=tmp_path,
            secrets=("s3cret-value",),
        )
    assert raised.value.message == (
        "`helm4` failed with exit code 1\n"
        "Error: at '/token': '[redacted]' does not match, got [redacted] near `[redacted]`"
    )
    assert "s3cret" not in repr(vars(raised.value)) + repr(raised.value.__context__)


def test_a_null_that_an_old_helm_would_ignore_is_an_error(tmp_path: Path) -> None:
    """In a map it takes a default back; in a list it is a value like any other."""

    def render(version: tuple[int, int, int], values: dict[str, Any]) -> int:
        scripted = Scripted([(0, "", "")])
        Helm(HELM3, version, scripted).template(
            Path("/c"), release="r", namespace="n", values=values, kube_version="1.34", home=tmp_path
        )
        return len(scripted.runs)

    null = {"jupyterhub": {"singleuser": {"startTimeout": None}}}
    assert render((3, 17, 1), null) == 1
    assert render((3, 17, 0), {"jupyterhub": {"list": [None, {"a": None}]}}) == 1
    with pytest.raises(DeployerError) as raised:
        render((3, 17, 0), null)
    assert raised.value.message == (
        "Helm 3.17.0 can't take back a default of a chart with null: `jupyterhub.singleuser.startTimeout`"
    )
    assert raised.value.hint == "run `make tools`, or install Helm 3.17.1 or newer"


HISTORY = """[
 {"revision": 2, "updated": "2026-11-21T08:04:05.123456789Z", "status": "deployed", "chart": "basehub-0.1.0",
  "app_version": "1.0", "description": "Upgrade complete"},
 {"revision": 1, "updated": "2026-11-20T10:04:05+02:00", "status": "superseded", "chart": "basehub-0.1.0",
  "app_version": "1.0", "description": "Install complete"}]"""


def test_history_is_oldest_first_with_aware_times() -> None:
    first, second = parse_history(HISTORY)
    assert first == Revision(
        number=1,
        status="superseded",
        chart="basehub-0.1.0",
        description="Install complete",
        updated=datetime(2026, 11, 20, 8, 4, 5, tzinfo=UTC),
    )
    assert (second.number, second.updated) == (2, datetime(2026, 11, 21, 8, 4, 5, 123456, tzinfo=UTC))


def test_no_release_has_no_history_and_any_other_failure_is_one(tmp_path: Path) -> None:
    helm, _ = installed((1, "", "Error: release: not found"), (1, "", "Error: connection refused"))
    assert helm.history("demo", namespace="demo", home=tmp_path, kubeconfig=Path("/k")) == ()
    with pytest.raises(ProgramFailed, match="connection refused"):
        helm.history("demo", namespace="demo", home=tmp_path, kubeconfig=Path("/k"))


ODD: dict[str, Any] = {
    "text": "a\u2028b\u2029c\x85d\x7fe\ufefff\x9fg",
    "emoji": "🚀 naïve\ttab\nline",
    "like yaml": "yes",
    "octal": "0644",
    "date": "2026-11-21",
    "number": 12345678,
    "float": 1.5,
    "null": None,
    "list": [1, {"a": []}, "#no comment", "- no list", "{{ tpl }}", "*", "&a"],
    "back\\slash": '"quoted"',
}


def test_values_text_is_yaml_with_the_same_meaning() -> None:
    assert yaml.safe_load(values_text(ODD)) == ODD


def test_a_number_that_json_has_no_word_for_is_an_error() -> None:
    with pytest.raises(DeployerError, match="can't be given to Helm"):
        values_text({"a": float("inf")})


@pytest.fixture(params=["helm", "helm3"])
def real_helm(request: pytest.FixtureRequest, repository: Path) -> Helm:
    """Each Helm that `make tools` builds: the newest, and the newest of the major before."""
    return built_helm(repository, request.param)


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    directory = tmp_path / "shown"
    (directory / "templates").mkdir(parents=True)
    (directory / "Chart.yaml").write_text(
        "apiVersion: v2\nname: shown\nversion: 1.0.0\nkubeVersion: '>=1.30'\n"
    )
    (directory / "templates/all.yaml").write_text(
        "data: {{ .Values | toJson | b64enc }}\n"
        "{{ if .Values.bad }}{{ fail (print `bad: ` .Values.bad) }}{{ end }}\n"
    )
    return directory


@pytest.mark.integration
def test_real_helm_reads_odd_values_unchanged(real_helm: Helm, chart: Path, tmp_path: Path) -> None:
    out = real_helm.template(
        chart, release="r", namespace="n", values=ODD, kube_version="1.34", home=tmp_path / "home"
    )
    [document] = [document for document in yaml.safe_load_all(out) if document]
    expected = {key: value for key, value in ODD.items() if value is not None}
    got = json.loads(base64.b64decode(document["data"]))
    # A null over no default is dropped by one major and handed on by the other; either way it means nothing.
    assert {key: value for key, value in got.items() if value is not None} == expected


@pytest.mark.integration
@pytest.mark.parametrize("cause", ["template", "schema"])
def test_real_helm_does_not_show_a_secret_when_it_fails(
    cause: str, real_helm: Helm, chart: Path, tmp_path: Path
) -> None:
    key = {"template": "bad", "schema": "short"}[cause]
    (chart / "values.schema.json").write_text('{"properties": {"short": {"pattern": "^.{0,3}$"}}}')
    with pytest.raises(ProgramFailed) as raised:
        real_helm.template(
            chart,
            release="r",
            namespace="n",
            values={key: "s3cret-value"},
            kube_version="1.34",
            home=tmp_path / "home",
            secrets=["s3cret-value"],
        )
    assert key in raised.value.message
    assert "s3cret" not in raised.value.message + repr(vars(raised.value))


@pytest.mark.integration
def test_real_helm_takes_every_option_we_give(real_helm: Helm, tmp_path: Path) -> None:
    """Each command fails for want of a cluster or a chart, never over an option it does not know."""
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: a\n"
        "clusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "users: [{name: a, user: {}}]\n"
        "contexts: [{name: a, context: {cluster: a, user: a}}]\n"
    )
    common: dict[str, Any] = {"namespace": "n", "home": tmp_path / "home", "kubeconfig": kubeconfig}
    attempts: list[Any] = [
        lambda: real_helm.upgrade(
            tmp_path / "none",
            release="r",
            values={},
            timeout=1,
            description="d",
            **common,
        ),
        lambda: real_helm.history("r", **common),
        lambda: real_helm.rollback("r", 1, timeout=1, **common),
    ]
    for attempt in attempts:
        with pytest.raises(ProgramFailed, match=r"127\.0\.0\.1:1") as raised:
            attempt()
        assert "unknown flag" not in raised.value.message
