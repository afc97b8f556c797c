"""Rendering hubs of the golden fleet with the stand-in for z2jh."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from deployer.charts.sources import ChartUnavailable
from deployer.fleet.load import load_fleet, select_cluster, select_hubs
from deployer.operations.render import Rendered, manifests, rendered
from deployer.operations.validation.validate import validate
from deployer.render.paths import look_up
from deployer.tools.process import programs
from tests.charts.making import write_mirror
from tests.tools.age_key import age_key

if TYPE_CHECKING:
    from deployer.session import Session

TESTS = Path(__file__).parent.parent
FLEET = TESTS / "golden/fleet"
SECRET = "marker-of-a-secret"
HUBS = [("aws", "course"), ("azure", "binder"), ("gcp", "research"), ("gcp", "staging"), ("local", "demo")]


@pytest.fixture
def session(session: Session, repository: Path, mirror: Path) -> Session:
    return replace(
        session,
        environ={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]},
        chart_mirror=mirror,
        state=TESTS / "golden/state",
        tools=(repository / ".tools/bin",),
    )


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A chart mirror with the stand-in, and a tiny chart for each other dependency of basehub."""
    return write_mirror(tmp_path / "mirror")


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """A copy of the fleet, to be changed."""
    return Path(shutil.copytree(FLEET, tmp_path / "fleet"))


def render(
    session: Session, cluster: str, hub: str, *, root: Path = FLEET, decrypt: bool = False
) -> Rendered:
    fleet = load_fleet(root, state=session.state)
    chosen = select_cluster(fleet, cluster)
    (found,) = select_hubs(chosen, [hub])
    return rendered(session, fleet, chosen, found, decrypt=decrypt)


def test_a_release_is_a_hub_its_host_chart_kubernetes_version_and_values(session: Session) -> None:
    release = render(session, "local", "demo")
    assert (release.owner.name, release.host, release.kube_version) == ("demo", "demo.localhost", "1.34")
    assert [str(package.name) for package in release.chart.packages] == ["jupyterhub"]
    image = look_up(release.values_for_helm, ("jupyterhub", "singleuser", "image"))
    assert image == {"name": "deployer.local/user", "tag": "3", "pullPolicy": "IfNotPresent"}
    assert release.secrets == ()


def test_the_host_is_the_one_that_the_hub_gives_itself(session: Session) -> None:
    assert render(session, "azure", "binder").host == "hub.binder.example.org"


def test_the_chart_has_the_dependencies_that_the_values_switch_on(session: Session) -> None:
    packages = [package.name for package in render(session, "gcp", "research").chart.packages]
    assert packages == ["jupyterhub", "dask-gateway"]


def test_hub_side_python_of_the_chart_is_in_the_values_as_it_is(session: Session, repository: Path) -> None:
    files = look_up(render(session, "local", "demo").values_for_helm, ("jupyterhub", "hub", "extraFiles"))
    sources = (repository / "helm-charts/basehub/files/hub").glob("*.py")
    assert {name: file["stringData"] for name, file in files.items()} == {
        source.stem: source.read_text() for source in sources
    }


def test_nulls_reach_helm_only_over_defaults_of_a_dependency(session: Session) -> None:
    """`nodeSelector` is a default of the chart jupyterhub, `SCRATCH` is set by another file of the hub."""
    singleuser = render(session, "aws", "course").values_for_helm["jupyterhub"]["singleuser"]
    assert singleuser["nodeSelector"] is None
    assert singleuser["extraEnv"] == {"COURSE": "101"}


def test_placeholders_have_the_type_that_the_packages_schema_wants(session: Session, fleet: Path) -> None:
    file = fleet / "config/clusters/aws/enc-course.secret.values.yaml"
    encrypted = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"
    file.write_text(
        f"jupyterhub:\n  debug:\n    enabled: {encrypted}\n"
        f"dask-gateway:\n  enabled: true\n  port: {encrypted}\n"
        "sops:\n  encrypted_regex: enabled|port\n"
    )
    values = render(session, "aws", "course", root=fleet).values_for_helm
    assert (values["jupyterhub"]["debug"], values["dask-gateway"]["port"]) == ({"enabled": False}, 0)


def test_a_package_that_is_nowhere_is_named(session: Session) -> None:
    nowhere = replace(session, chart_mirror=None, tools=(), environ={"PATH": ""})
    with pytest.raises(ChartUnavailable, match=r"jupyterhub 4\.4\.0"):
        render(nowhere, "local", "demo")


@pytest.mark.parametrize("text", ["jupyterhub: text", "jupyterhub: [1]"])
def test_values_that_are_no_map_get_as_far_as_the_schema(session: Session, fleet: Path, text: str) -> None:
    (fleet / "config/clusters/local/demo.values.yaml").write_text(text)
    (problem,) = validate(session, fleet, cluster="local", hubs=["demo"]).problems
    assert problem.message.startswith("hub `demo`: `jupyterhub` must be a map")


@pytest.mark.integration
@pytest.mark.parametrize(("cluster", "hub"), HUBS)
def test_manifests_are_the_same_at_every_call_also_in_threads(
    session: Session, cluster: str, hub: str
) -> None:
    skip_without(session, "helm")
    release = render(session, cluster, hub)
    with ThreadPoolExecutor(4) as pool:
        texts = set(pool.map(lambda _: manifests(session, release), range(4)))
    (text,) = texts
    kinds = {document["kind"] for document in yaml.safe_load_all(text) if document}
    assert {"Deployment", "Secret", "Service"} <= kinds


@pytest.mark.integration
def test_a_deploys_values_hold_what_is_encrypted_and_no_placeholder(session: Session, fleet: Path) -> None:
    skip_without(session, "sops")
    directory = fleet / "config/clusters/gcp"
    session = encrypt(session, directory / "enc-domain.secret.yaml", "domain: secret.example.org\n")
    file = "basehub:\n  jupyterhub:\n    hub:\n      config:\n        X:\n          key: " + SECRET + "\n"
    session = encrypt(session, directory / "research.values.yaml", file)
    release = render(session, "gcp", "research", root=fleet, decrypt=True)
    assert release.host == "secret.example.org"
    assert look_up(release.values_for_helm, ("jupyterhub", "hub", "config", "X", "key")) == SECRET
    assert set(release.secrets) == {SECRET, "secret.example.org"}
    assert not any(word in str(release.values_for_helm) for word in ("unknown-", "generated-", "ENC["))
    assert SECRET not in repr(release)


@pytest.mark.integration
def test_render_shows_no_secret_even_with_the_key_at_hand(session: Session, fleet: Path) -> None:
    skip_without(session, "sops")
    skip_without(session, "helm")
    file = "jupyterhub:\n  hub:\n    config:\n      X:\n        key: " + SECRET + "\n"
    session = encrypt(session, fleet / "config/clusters/aws/enc-course.secret.values.yaml", file)
    release = render(session, "aws", "course", root=fleet)
    assert SECRET not in str(release.values_for_helm) + manifests(session, release)
    assert "unknown-jupyterhub.hub.config.X.key" in str(release.values_for_helm)


def encrypt(session: Session, path: Path, text: str) -> Session:
    """Encrypt a file in place, with the session's key; return the session that has the key."""
    keys = dict(session.environ)
    if "SOPS_AGE_KEY" not in keys:
        keys["SOPS_AGE_KEY"], keys["SOPS_AGE_RECIPIENTS"] = age_key()
    path.write_text(text)
    argv = ["sops", "--encrypt", "--age", keys["SOPS_AGE_RECIPIENTS"], "--in-place", str(path)]
    programs(session).run(argv)
    return replace(session, environ=keys)


def skip_without(session: Session, program: str) -> None:
    if programs(session).find(program) is None:
        pytest.skip(f"not installed: {program}")
