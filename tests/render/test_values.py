"""The layers of a hub's values: their order, the host, and what is encrypted."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from deployer.render.merge import merge
from deployer.render.paths import look_up
from deployer.render.placeholders import generated
from deployer.render.values import domain, host, layers
from tests.render.fleets import ENCRYPTED, cluster, document, hub, preset, values_file

if TYPE_CHECKING:
    from deployer.fleet.model import Hub

DEFAULTS = document(
    "jupyterhub: {hub: {marker: defaults, only-defaults: 1}}", "helm-charts/basehub/values.yaml"
)
ENCRYPTED_VALUES = f"""
jupyterhub:
  hub:
    config:
      GitHubOAuthenticator:
        client_id: {ENCRYPTED}
    extraFiles:
      quota:
        mountPath: {ENCRYPTED}
        mode: {ENCRYPTED}
dask-gateway:
  enabled: {ENCRYPTED}
sops: {{version: 3.9.0}}
"""
SCHEMA = {
    "properties": {
        "jupyterhub": {
            "properties": {
                "hub": {
                    "properties": {
                        "extraFiles": {
                            "patternProperties": {".*": {"properties": {"mode": {"type": "number"}}}}
                        }
                    }
                }
            }
        },
        "dask-gateway": {"properties": {"enabled": {"type": ["boolean", "null"]}}},
    }
}


def values_of(a_hub: Hub, provider: str = "gcp", **more: Any) -> dict[str, Any]:
    return dict(merge(layers(cluster(provider, a_hub), a_hub, DEFAULTS, hub_python={}, **more)).values)


def test_layers_come_in_order_defaults_computed_presets_files() -> None:
    a_hub = hub(
        values_file("plain.values.yaml", "{}"),
        values_file("enc.secret.values.yaml", "sops: {}"),
        values_file("last.values.yaml", "{}"),
        presets=(preset("education", "{}"), preset("event", "{}")),
    )
    names = [layer.name for layer in layers(cluster("gcp", a_hub), a_hub, DEFAULTS, hub_python={"a.py": ""})]
    assert names == [
        "chart defaults",
        "computed: ingress",
        "computed: health check",
        "computed: hub-side Python",
        "computed: node purposes",
        "computed: shared memory",
        "preset: education",
        "preset: event",
        "plain.values.yaml",
        "enc.secret.values.yaml",
        "last.values.yaml",
    ]


def test_each_layer_overrides_the_ones_before() -> None:
    def text(value: str) -> str:
        return f"jupyterhub: {{hub: {{marker: {value}}}}}"

    first, second = preset("first", text("first")), preset("second", text("second"))
    plain, last = values_file("plain.yaml", text("plain")), values_file("last.yaml", text("last"))
    stacks: list[tuple[Hub, str]] = [
        (hub(), "defaults"),
        (hub(presets=(first,)), "first"),
        (hub(presets=(first, second)), "second"),
        (hub(plain, presets=(first, second)), "plain"),
        (hub(plain, last, presets=(first, second)), "last"),
        (hub(last, plain, presets=(first, second)), "plain"),
    ]
    assert [values_of(a_hub)["jupyterhub"]["hub"]["marker"] for a_hub, _ in stacks] == [
        expected for _, expected in stacks
    ]


def test_a_hubs_own_file_overrides_computed_values() -> None:
    a_hub = hub(values_file("own.yaml", "jupyterhub: {ingress: {enabled: false, tls: []}}"))
    ingress = values_of(a_hub)["jupyterhub"]["ingress"]
    assert ingress == {"enabled": False, "hosts": ["hub.example.org"], "tls": []}


def test_layers_leave_what_they_are_made_of_alone() -> None:
    a_hub = hub(values_file("enc.secret.values.yaml", ENCRYPTED_VALUES))
    before = copy.deepcopy((a_hub.values_files[0].document.data, DEFAULTS.data, SCHEMA))
    values_of(a_hub, schema=SCHEMA)
    assert (a_hub.values_files[0].document.data, DEFAULTS.data, SCHEMA) == before


def test_without_a_key_encrypted_values_are_placeholders_of_the_type_that_the_schema_wants() -> None:
    a_hub = hub(values_file("enc.secret.values.yaml", ENCRYPTED_VALUES))
    values = values_of(a_hub, schema=SCHEMA)
    assert values["dask-gateway"] == {"enabled": False}
    assert values["jupyterhub"]["hub"]["config"]["GitHubOAuthenticator"] == {
        "client_id": "unknown-jupyterhub.hub.config.GitHubOAuthenticator.client_id"
    }
    assert values["jupyterhub"]["hub"]["extraFiles"] == {
        "quota": {"mountPath": "unknown-jupyterhub.hub.extraFiles.quota.mountPath", "mode": 0}
    }


def test_a_decrypted_file_takes_its_listed_place() -> None:
    def marker(value: str) -> dict[str, Any]:
        return {"jupyterhub": {"hub": {"marker": value}}}

    encrypted = values_file("enc.yaml", f"jupyterhub: {{hub: {{marker: '{ENCRYPTED}'}}}}\nsops: {{}}")
    plain = values_file("plain.yaml", "jupyterhub: {hub: {marker: plain}}")
    decrypted = {"enc.yaml": marker("secret")}
    last = values_of(hub(plain, encrypted), decrypted=decrypted)
    first = values_of(hub(encrypted, plain), decrypted=decrypted)
    assert (
        look_up(last, ("jupyterhub", "hub", "marker")),
        look_up(first, ("jupyterhub", "hub", "marker")),
    ) == (
        "secret",
        "plain",
    )


@pytest.mark.parametrize(
    ("decrypted", "expected"),
    [(None, "unknown-domain"), ({"domain.yaml": {"domain": "secret.example.org"}}, "secret.example.org")],
)
def test_a_domain_override_file_replaces_the_domain(decrypted: Any, expected: str) -> None:
    a_hub = hub(domain_override=values_file("domain.yaml", f"domain: {ENCRYPTED}\nsops: {{}}"))
    assert domain(a_hub, decrypted) == expected
    assert host(values_of(a_hub, decrypted=decrypted), "never") == expected


def test_a_plain_domain_override_file_needs_no_key() -> None:
    assert domain(hub(domain_override=values_file("domain.yaml", "domain: other.example.org"))) == (
        "other.example.org"
    )


def test_the_host_follows_the_hubs_own_ingress_and_else_the_domain() -> None:
    """BinderHub may serve the domain itself."""
    own = values_file("own.yaml", "jupyterhub: {ingress: {hosts: [hub.binder.example.org]}}")
    assert host(values_of(hub(own)), "never") == "hub.binder.example.org"
    assert host(values_of(hub()), "never") == "hub.example.org"
    assert host(values_of(hub(), "local"), "hub.example.org") == "hub.example.org"


@pytest.mark.parametrize(
    "own",
    [
        "jupyterhub: null",
        "jupyterhub: text",
        "jupyterhub: {hub: [1], ingress: 1}",
        "jupyterhub: {ingress: {hosts: text}, hub: {baseUrl: 7, config: {JupyterHub: [github]}}}",
        "jupyterhub: {ingress: {hosts: {a: b}}, hub: {services: [{a: b}], config: {JupyterHub: 1}}}",
        "jupyterhub: {hub: {config: {JupyterHub: {authenticator_class: [github]}}, services: {s: text}}}",
    ],
)
def test_values_of_a_wrong_type_are_left_to_the_charts_schema(own: str) -> None:
    """Who validates has to get as far as the schema, which says what is wrong and where."""
    values = values_of(hub(values_file("own.yaml", own)))
    assert host(values, "hub.example.org") == "hub.example.org"
    assert generated(values).name == "generated by the chart"
