"""One path of a hub's values: what is known of it, and what a secret has to do with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError
from deployer.fleet.load import load_fleet
from deployer.operations.explain.key import KeyExplanation, explain_key
from deployer.operations.explain.layers import Layers
from deployer.render.provenance import Unknown, plain, same
from deployer.rules.subjects import HubValues
from tests.charts.making import pack, write_chart, write_mirror
from tests.operations.explain_fleets import ENCRYPTED, SOPS, layers_of, with_mirror, write_fleet

if TYPE_CHECKING:
    from deployer.session import Session

TESTS = Path(__file__).parent.parent


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    return with_mirror(session, write_mirror(tmp_path / "mirror"))


def key(session: Session, root: Path, text: str, hub: str = "a") -> KeyExplanation:
    return explain_key(session, layers_of(session, root, hub), text)


@pytest.mark.parametrize("mirror", ["everything", "without dask-gateway"])
def test_what_is_explained_is_what_the_templates_of_every_hub_see(session: Session, mirror: str) -> None:
    """Encrypted values aside, which the templates see as placeholders here."""
    if mirror != "everything":
        session = with_mirror(session, TESTS / "charts")
    fleet = load_fleet(TESTS / "golden/fleet", state=TESTS / "golden/state")
    finder = Layers(session, fleet)
    for cluster in fleet.clusters:
        for hub in cluster.hubs:
            layers = finder.of(cluster, hub)
            release = layers.release
            seen = HubValues(
                fleet=fleet,
                cluster=cluster,
                owner=hub,
                host=release.host,
                chart=release.chart,
                merged=release.merged,
                handed=release.values_for_helm,
            )
            assert same(plain(layers.tree), _as_explained(seen.values, plain(layers.tree)))


def _as_explained(seen: Any, explained: Any) -> Any:
    if isinstance(explained, Unknown):
        return explained
    if isinstance(seen, dict):
        explained = explained if isinstance(explained, dict) else {}
        found = {key: _as_explained(value, explained.get(key)) for key, value in seen.items()}
        return {key: value for key, value in found.items() if value is not None}
    if isinstance(seen, list) and isinstance(explained, list):
        return [_as_explained(*each) for each in zip(seen, explained, strict=True)]
    return seen


def test_a_key_with_dots_is_found_in_quotes_and_meant_without(session: Session, tmp_path: Path) -> None:
    values = "jupyterhub: {hub: {extraFiles: {a.py: {mountPath: /a.py, stringData: 'x = 1'}}}}"
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml"}, {"a.values.yaml": values})
    assert key(session, root, 'jupyterhub.hub.extraFiles."a.py".mountPath').value == "/a.py"
    with pytest.raises(DeployerError) as caught:
        key(session, root, "jupyterhub.hub.extraFiles.a.py.mountPath")
    assert caught.value.hint == 'did you mean `jupyterhub.hub.extraFiles."a.py".mountPath`?'


def test_an_item_of_a_list_may_be_given_as_a_key(session: Session, tmp_path: Path) -> None:
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml"}, {"a.values.yaml": ""})
    for text in ("jupyterhub.ingress.tls[0].hosts[0]", "jupyterhub.ingress.tls.0.hosts.0"):
        assert key(session, root, text).value == "a.example.org"


def test_the_key_of_a_daskhub_may_be_there(session: Session) -> None:
    fleet = load_fleet(TESTS / "golden/fleet", state=TESTS / "golden/state")
    cluster = next(each for each in fleet.clusters if each.name == "gcp")
    layers = Layers(session, fleet).of(cluster, cluster.hubs[1])
    found = explain_key(session, layers, "basehub.jupyterhub.hub.config.JupyterHub.authenticator_class")
    assert found.value == "google"
    assert found.decisive is not None
    assert (found.decisive.line, found.decisive.origin.in_file(found.at)[0]) == (6, "basehub")


FILES = {
    "a.values.yaml": "jupyterhub: {custom: {plain: 1, over: 1}}",
    "enc-a.secret.values.yaml": (
        f"jupyterhub: {{custom: {{set: '{ENCRYPTED}', over: '{ENCRYPTED}', removed: null, "
        f"list: [x, '{ENCRYPTED}'], deep: {{one: '{ENCRYPTED}', two: 2}}}}, cull: '{ENCRYPTED}'}}\n{SOPS}"
    ),
    "b.values.yaml": "jupyterhub: {custom: {over: 2}}",
}


@pytest.fixture
def with_secrets(tmp_path: Path) -> Path:
    hubs = {"a": "a.values.yaml enc-a.secret.values.yaml b.values.yaml"}
    return write_fleet(tmp_path / "fleet", hubs, FILES)


@pytest.mark.parametrize(
    ("path", "value", "how", "unknown"),
    [
        ("custom.plain", 1, "no", []),
        ("custom.set", Unknown.ENCRYPTED, "set", [("custom", "set")]),
        ("custom.over", 2, "overridden", []),
        ("custom.list", ["x", Unknown.ENCRYPTED], "set", [("custom", "list", 1)]),
        ("custom.list[0]", "x", "no", []),
        ("custom.deep", {"one": Unknown.ENCRYPTED, "two": 2}, "set", [("custom", "deep", "one")]),
        ("custom.deep.two", 2, "no", []),
        ("cull.every", None, "set", [("cull",)]),
    ],
)
def test_a_secret_may_change_what_an_encrypted_file_says(
    session: Session, with_secrets: Path, path: str, value: Any, how: str, unknown: list[Any]
) -> None:
    found = key(session, with_secrets, f"jupyterhub.{path}")
    assert same(found.value, value)
    assert (found.secret.how, [at[1:] for at in found.secret.unknown]) == (how, unknown)
    assert found.secret.may_change == (how == "set")
    assert "ENC[" not in str(found.summary())


def test_a_null_in_an_encrypted_file_is_no_secret(session: Session, with_secrets: Path) -> None:
    found = key(session, with_secrets, "jupyterhub.custom.removed")
    assert (found.value, found.secret.how, found.secret.files) == (
        None,
        "no",
        (("config/clusters/sea/enc-a.secret.values.yaml", 1),),
    )


PLAIN_SCHEMA = '{"properties": {"port": {"type": "integer", "enum": [1, 2], "default": 1}}}'
DESCRIBED = """
description: All of it.
properties:
  port:
    description: |
      Where it listens.

      More of it.
    type: integer
"""


def home_nfs(session: Session, mirror: Path, files: dict[str, str], *, packed: bool) -> Session:
    """A session that gets the package jupyterhub-home-nfs from a mirror, with these files in it."""
    version = "1.2.1-0.dev.git.1.h1c81b4b"
    folder = write_chart(mirror / "jupyterhub-home-nfs", version=version, values={"port": 1}, files=files)
    if packed:
        pack(folder, mirror / f"jupyterhub-home-nfs-{version}.tgz")
    return with_mirror(session, mirror)


@pytest.fixture
def nfs(tmp_path: Path) -> Path:
    values = "jupyterhub-home-nfs: {enabled: true, port: 2}"
    return write_fleet(tmp_path / "fleet", {"a": "a.values.yaml"}, {"a.values.yaml": values})


def test_the_schema_of_a_package_tells_types_and_values(session: Session, tmp_path: Path, nfs: Path) -> None:
    files = {"values.schema.json": PLAIN_SCHEMA}
    known = key(
        home_nfs(session, tmp_path / "mirror", files, packed=False), nfs, "jupyterhub-home-nfs.port"
    ).knowledge
    assert (known.types, known.enum, known.default) == (("integer",), (1, 2), (1,))
    assert known.description.startswith("Values of the NFS server for home directories: ")
    assert known.described == ("jupyterhub-home-nfs",)


@pytest.mark.parametrize("packed", [False, True])
def test_descriptions_come_from_the_sources_of_a_package(
    session: Session, tmp_path: Path, nfs: Path, packed: bool
) -> None:
    session = home_nfs(session, tmp_path / "mirror", {"values.schema.yaml": DESCRIBED}, packed=packed)
    known = key(session, nfs, "jupyterhub-home-nfs.port").knowledge
    assert (known.description, known.described) == (
        "Where it listens.\n\nMore of it.",
        ("jupyterhub-home-nfs", "port"),
    )


def test_a_key_that_only_the_schema_knows_is_not_set(session: Session, tmp_path: Path, nfs: Path) -> None:
    files = {"values.schema.json": '{"properties": {"other": {"type": "string"}}}'}
    found = key(home_nfs(session, tmp_path / "mirror", files, packed=False), nfs, "jupyterhub-home-nfs.other")
    assert (found.value, found.sayings, found.knowledge.types) == (None, (), ("string",))


def test_a_key_that_is_nowhere_is_looked_for_in_what_the_schema_knows(
    session: Session, tmp_path: Path, nfs: Path
) -> None:
    files = {"values.schema.json": '{"properties": {"other": {"type": "string"}}}'}
    session = home_nfs(session, tmp_path / "mirror", files, packed=False)
    with pytest.raises(DeployerError) as caught:
        key(session, nfs, "jupyterhub-home-nfs.ohter")
    assert caught.value.hint == "did you mean `jupyterhub-home-nfs.other`?"


def test_long_lists_of_keys_are_cut(session: Session, tmp_path: Path) -> None:
    values = f"jupyterhub: {{custom: {{{', '.join(f'key{n}: 1' for n in range(20))}}}}}"
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml"}, {"a.values.yaml": values})
    with pytest.raises(DeployerError) as caught:
        key(session, root, "jupyterhub.custom.something-else")
    # The computed value `deployer` is one of them, and so are the chart's own.
    assert str(caught.value.hint).startswith("known below `jupyterhub.custom`: deployer, key0, ")
    assert str(caught.value.hint).endswith(", key10 and 16 more")


def test_what_no_chart_knows_or_no_package_takes_has_no_effect(session: Session, tmp_path: Path) -> None:
    values = (
        "nsf: {pv: {x: 1}}\ndask-gateway: {enabled: false, gateway: {x: 1}}\njupyterhub: {custom: {x: 1}}\n"
    )
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml"}, {"a.values.yaml": values})
    found = {
        path: key(session, root, path).summary()["without_effect"]
        for path in ("nsf.pv", "dask-gateway.gateway.x", "dask-gateway.enabled", "jupyterhub.custom.x")
    }
    assert found == {
        "nsf.pv": {"reason": "unknown", "path": "nsf"},
        "dask-gateway.gateway.x": {"reason": "switched off", "path": "dask-gateway"},
        "dask-gateway.enabled": None,
        "jupyterhub.custom.x": None,
    }
