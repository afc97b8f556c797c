"""Whether somebody issues certificates, for values as the chart and a cluster's files have them together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from deployer.render.merge import Layer, merge
from deployer.rules.certificates import no_issuer
from deployer.rules.subjects import ReleaseValues
from tests.render import fleets

ON = {"cert-manager": {"enabled": True}}


def told(values: dict[str, Any], *, complete: bool = True) -> list[str]:
    cluster = fleets.cluster("gcp")
    merged = merge([Layer(name="chart defaults", values=values)])
    without_packages: Any = SimpleNamespace(packages=())
    subject = ReleaseValues(
        cluster=cluster,
        owner=cluster.support,
        chart=without_packages,
        merged=merged,
        handed=merged.values,
        complete=complete,
    )
    return [problem.message for problem in no_issuer.problems(subject)]


def test_without_an_address_nobody_can_be_asked() -> None:
    (message,) = told(ON)
    assert message.startswith("no certificate will be issued: ")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"cert-manager": {"enabled": False}},
        {**ON, "acme": {"email": "ops@example.org"}},
        {**ON, "issuer": {"ca": {"secretName": "ours"}}},
        {**ON, "defaultCertificate": {"secretName": "ours"}},
    ],
)
def test_who_has_somebody_to_ask_or_a_certificate_is_told_nothing(values: dict[str, Any]) -> None:
    assert told(values) == []


def test_nothing_is_said_of_values_that_could_not_all_be_read() -> None:
    assert told(ON, complete=False) == []
