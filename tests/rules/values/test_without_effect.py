"""Keys that change nothing, and those that only seem so."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deployer.charts.package import Package
from deployer.fleet.checker import Checker
from deployer.rules.values.without_effect import custom_key, no_effect, unread_key
from tests.rules.values.making import found

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.rules.subjects import HubValues
    from tests.rules.values.making import Making

STAFF = (
    "jupyterhub: {custom: {2i2c: {add_staff_user_ids_to_admin_users: %s, add_staff_user_ids_of_type: %s}}}"
)


def test_pages_from_the_internet_are_not_fetched(values: Making) -> None:
    text = "jupyterhub: {custom: {homepage: {gitRepoUrl: https://git.example.org/a}}}"
    (line,) = found(no_effect, values(text))
    assert line.startswith(
        "1:1:34: `jupyterhub.custom.homepage.gitRepoUrl` has no effect: the hub gets no pages"
    )


@pytest.mark.parametrize(
    ("wanted", "kind", "reason"),
    [
        ("true", "github", "nobody is `staff.github` in config/org.yaml"),
        ("true", "cilogon", "`add_staff_user_ids_of_type` must be `github` or `google`"),
        ("false", "github", None),
    ],
)
def test_staff_that_nobody_knows_are_not_admins(
    values: Making, wanted: str, kind: str, reason: str | None
) -> None:
    lines = found(no_effect, values(STAFF % (wanted, kind)))
    assert [line.partition("has no effect: ")[2] for line in lines] == ([reason] if reason else [])


def test_staff_that_the_hub_itself_names_are(values: Making) -> None:
    named = "jupyterhub: {custom: {2i2c: {staff_github_ids: [one]}}}"
    assert found(no_effect, values(STAFF % ("true", "github"), named)) == []


@pytest.mark.parametrize(
    ("also", "lines"),
    [
        ("{}", 1),
        ("jupyterhub: {hub: {image: {name: registry.example/hub, tag: '1'}}}", 0),
        ("jupyterhub: {hub: {extraConfig: {a: 'import jupyterhub_usage_quotas'}}}", 0),
    ],
)
def test_quotas_of_usage_take_a_package(values: Making, also: str, lines: int) -> None:
    text = "jupyterhub: {hub: {config: {UsageQuotaManager: {a: 1}}}}"
    assert len(found(no_effect, values(text, also))) == lines


@pytest.mark.parametrize(("gateway", "lines"), [("{}", 1), ("dask-gateway: {enabled: true}", 0)])
def test_a_setup_for_dask_takes_a_gateway(values: Making, gateway: str, lines: int) -> None:
    text = "jupyterhub: {custom: {daskhubSetup: {enabled: true}}}"
    assert len(found(no_effect, values(text, gateway))) == lines


def with_package(release: HubValues, schema: dict[str, object] | None) -> HubValues:
    package = Package(name="extra", version="1.0.0", defaults={"port": 1, "image": {}}, schema=schema)
    return replace(release, chart=replace(release.chart, packages=(package,)))


EXTRA = "extra: {port: 2, enabled: true, global: {}, imge: {}, other: 1}"


@pytest.mark.parametrize("schema", [None, {"properties": {"port": {"type": "integer"}}}])
def test_a_key_that_an_open_chart_has_no_default_for_is_questioned(
    values: Making, schema: dict[str, object] | None
) -> None:
    assert found(unread_key, with_package(values(EXTRA), schema)) == [
        "1:1:45: extra reads no key `imge`: did you mean `image`?",
        "1:1:55: extra reads no key `other`",
    ]


def test_a_closed_schema_tells_of_such_keys_itself(values: Making) -> None:
    assert found(unread_key, with_package(values(EXTRA), {"additionalProperties": False})) == []


@pytest.fixture
def known(repository: Path) -> Checker:
    return Checker(schema=json.loads((repository / "helm-charts/basehub/values.schema.json").read_text()))


def custom(release: HubValues, known: Checker) -> list[str]:
    chart = replace(release.chart)
    chart.__dict__["checkers"] = (((), known),)
    return found(custom_key, replace(release, chart=chart))


def test_a_key_of_custom_that_nothing_reads_is_questioned(values: Making, known: Checker) -> None:
    text = "jupyterhub: {custom: {homepage: {}, homePage: {}, ours: 1}}"
    assert custom(values(text), known) == [
        "1:1:37: nothing reads the key `homePage` of `jupyterhub.custom`: did you mean `homepage`?",
        "1:1:51: nothing reads the key `ours` of `jupyterhub.custom`",
    ]


@pytest.mark.parametrize(
    "hub",
    [
        "{extraConfig: {a: 'get_config(\"custom.ours\")'}}",
        "{extraFiles: {a: {mountPath: /a.py, stringData: 'get_config(\"custom.ours.b\")'}}}",
    ],
)
def test_a_key_that_the_hubs_own_python_reads_is_fine(values: Making, known: Checker, hub: str) -> None:
    assert custom(values("jupyterhub: {custom: {ours: 1}}", f"jupyterhub: {{hub: {hub}}}"), known) == []
