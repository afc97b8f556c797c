"""`deployer render`: data on stdout, talk on stderr, and files that are whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from deployer import cli

TESTS = Path(__file__).parent.parent
FLEET, MIRROR = TESTS / "golden/fleet", TESTS / "charts"


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DEPLOYER_STATE", str(TESTS / "golden/state"))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)


def render(*argv: str) -> int:
    return cli.run(["--root", str(FLEET), "--chart-mirror", str(MIRROR), "render", *argv])


def test_values_go_to_stdout_and_notices_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert render("local", "demo") == 0
    captured = capsys.readouterr()
    assert yaml.safe_load(captured.out)["jupyterhub"]["singleuser"]["image"]["name"] == "deployer.local/user"
    assert "notice: jupyterhub 4.4.0 is replaced" in captured.err


def test_an_encrypted_value_is_shown_as_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    assert render("aws", "course", "--values") == 0
    out = capsys.readouterr().out
    assert "client_id: unknown-jupyterhub.hub.config.GitHubOAuthenticator.client_id\n" in out
    assert "ENC[" not in out


def test_what_a_cluster_runs_for_its_hubs_is_shown_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert render("local", "--support") == 0
    values = yaml.safe_load(capsys.readouterr().out)
    assert (values["entrypoint"]["enabled"], values["ingressClass"]["create"]) == (False, True)


@pytest.mark.parametrize("argv", [("local",), ("local", "demo", "--support")])
def test_either_a_hub_or_the_support_is_shown(
    argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert render(*argv) == 2
    assert "name a hub, or say --support" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        (("locla", "demo"), "no such cluster: locla", "did you mean `local`?"),
        (("local", "dmeo"), "no such hub: local dmeo", "did you mean `demo`?"),
    ],
)
def test_an_unknown_name_is_an_error_with_a_near_match(
    capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], message: str, hint: str
) -> None:
    assert render(*argv) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"error: {message}\nhint: {hint}\n")


def test_a_directory_that_cannot_be_is_an_error_without_a_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployer.operations.render.manifests", lambda *_args: "")
    (tmp_path / "file").write_text("in the way")
    assert render("local", "demo", "--to", str(tmp_path / "file/below")) == 1
    assert f"error: cannot write to {tmp_path}/file/below: " in capsys.readouterr().err


@pytest.mark.integration
def test_output_is_the_same_to_the_byte_whatever_the_hash_seed(tmp_path: Path, repository: Path) -> None:
    if not (repository / ".tools/bin/helm").exists():
        pytest.skip("not built: .tools/bin/helm")

    def files(seed: str) -> dict[str, bytes]:
        directory = tmp_path / seed
        argv = ["--root", str(FLEET), "--chart-mirror", str(MIRROR), "render", "aws", "course"]
        subprocess.run(
            [sys.executable, "-m", "deployer", *argv, "--to", str(directory)],
            env={**os.environ, "PYTHONHASHSEED": seed, "DEPLOYER_CACHE": str(tmp_path / f"cache-{seed}")},
            check=True,
            capture_output=True,
        )
        return {path.name: path.read_bytes() for path in directory.iterdir()}

    first, second = files("1"), files("2")
    assert set(first) == {"values.yaml", "manifests.yaml"}
    assert first == second


@pytest.mark.integration
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("jupyterhub: {hub: {db: {pvc: abc}}}", "1:25: `jupyterhub.hub.db.pvc`: got string, want object"),
        (
            "jupyterhub: {hub: {extraFiles: {a: {mountPath: /x, data: 3, stringData: b}}}}",
            (
                "1:20: Helm cannot render `basehub/charts/jupyterhub/templates/hub-secret.yaml`, line 24, "
                "which takes `jupyterhub.hub.extraFiles`: "
                "extraFiles.a needs a mountPath and one of data, stringData, binaryData"
            ),
        ),
    ],
)
def test_what_helm_refuses_is_told_where_it_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, repository: Path, values: str, said: str
) -> None:
    """In a line or two, with no page of Helm's own words."""
    if not (repository / ".tools/bin/helm").exists():
        pytest.skip("not built: .tools/bin/helm")
    root = tmp_path / "fleet"
    place = root / "config/clusters/local"
    place.mkdir(parents=True)
    (place / "cluster.yaml").write_text(
        "schema: 2\nname: local\nprovider: local\nhubs:\n- name: demo\n  domain: demo.localhost\n"
        "  helm_chart: basehub\n  helm_chart_values_files: [demo.values.yaml]\n"
    )
    (place / "demo.values.yaml").write_text(f"{values}\n")
    argv = ["--root", str(root), "--chart-mirror", str(MIRROR), "render", "local", "demo", "--manifests"]
    assert cli.run(argv) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.partition("error: ")[2] == (
        "local/demo: Helm cannot make objects of its values\n"
        f"  config/clusters/local/demo.values.yaml:{said}\n"
        "hint: `deployer validate local demo` tells all that is wrong with them\n"
    )


@pytest.mark.integration
def test_what_helm_refuses_of_the_support_is_told_where_it_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, repository: Path
) -> None:
    """With a command that looks at it: `validate` takes no hub of the name `support`."""
    if not (repository / ".tools/bin/helm").exists():
        pytest.skip("not built: .tools/bin/helm")
    parts = ("traefik", "cert-manager", "prometheus", "prometheus-blackbox-exporter", "grafana")
    place = tmp_path / "fleet/config/clusters/one"
    place.mkdir(parents=True)
    (place / "cluster.yaml").write_text(
        "schema: 2\nname: one\nprovider: kubeconfig\nkubeconfig: {file: a}\nhubs: []\n"
        "support: {helm_chart_values_files: [support.values.yaml]}\n"
    )
    (place / "a").write_text("{}\n")
    off = "".join(f"{part}: {{enabled: false}}\n" for part in parts)
    (place / "support.values.yaml").write_text(f"{off}ingressClass: false\n")
    assert cli.run(["--root", str(tmp_path / "fleet"), "render", "one", "--support", "--manifests"]) == 1
    assert capsys.readouterr().err.partition("error: ")[2] == (
        "one/support: Helm cannot make objects of its values\n"
        "  config/clusters/one/support.values.yaml:6:1: `ingressClass`: got boolean, want object\n"
        "hint: `deployer validate one` tells all that is wrong with them\n"
    )
