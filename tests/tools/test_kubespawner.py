"""Names of what belongs to a user, held against the real KubeSpawner."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deployer.tools import kubespawner

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it describes a setting in a way that traitlets calls old
    from kubespawner import KubeSpawner, slugs

FIELDS = sorted(kubespawner.fields(user="ada"))
NAMES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.text("abA-.@_0é", max_size=80),
)


def real(template: str, user: str, server: str, scheme: str) -> str:
    """Have KubeSpawner itself expand a template, without a cluster."""
    spawner = SimpleNamespace(
        slug_scheme=scheme,
        name=server,
        user=SimpleNamespace(name=user, id=7),
        _namespace_default=lambda: "demo",
    )
    expand: Any = KubeSpawner._expand_user_properties
    return str(expand(spawner, template))


@settings(deadline=None)
@given(user=NAMES, server=NAMES, scheme=st.sampled_from(["safe", "escape"]))
@example(user="Ada.Lovelace@example.org", server="", scheme="safe")
@example(user="a" * 64, server="b" * 64, scheme="safe")
@example(user="a--b", server="", scheme="safe")
@example(user="7th", server="-", scheme="escape")
@example(user="-", server="", scheme="safe")
def test_every_field_is_what_kubespawner_writes(user: str, server: str, scheme: str) -> None:
    ours = kubespawner.fields(user=user, userid=7, server=server, scheme=scheme)
    for field in FIELDS:
        template = f"<{{{field}}}>"
        assert (field, kubespawner.expanded(template, ours)) == (field, real(template, user, server, scheme))


@settings(deadline=None)
@given(
    user=NAMES, template=st.sampled_from(["{username}", "{username}--{servername}", "jupyter-{user_server}-"])
)
def test_the_end_of_a_template_is_stripped_as_kubespawner_does(user: str, template: str) -> None:
    assert kubespawner.expanded(template, kubespawner.fields(user=user)) == real(template, user, "", "safe")


@settings(deadline=None)
@given(name=NAMES)
def test_slugs_are_those_of_the_package(name: str) -> None:
    assert kubespawner.escaped(name) == slugs.escape_slug(name)
    assert kubespawner.safe(name) == slugs.safe_slug(name, max_length=48)


def test_a_field_of_no_user_is_an_error() -> None:
    with pytest.raises(KeyError):
        kubespawner.expanded("{pod_name}", kubespawner.fields(user="ada"))


@pytest.mark.parametrize(
    ("version", "scheme", "remembers"),
    [("6.2.0", "escape", False), ("7.0.0", "safe", True), ("8.0.0b1", "safe", True)],
)
def test_kubespawner_7_brought_safe_names_and_remembers_claims(
    version: str, scheme: str, remembers: bool
) -> None:
    assert (kubespawner.scheme_of(version, "safe"), kubespawner.remembers_claims(version)) == (
        scheme,
        remembers,
    )
