"""Sharing is proven before it is written: every hub keeps its values, or nothing is changed."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import validate

from deployer.errors import DeployerError
from deployer.fleet.schema import SCHEMAS
from deployer.operations.explain.proof import proven
from deployer.operations.explain.sharing import carry_out, sharing
from deployer.operations.explain.whole import whole_fleet
from tests.charts.making import write_mirror
from tests.operations.common_fleets import LARGE, hubs_of, propose, texts, values, written
from tests.operations.explain_fleets import SOPS, with_mirror, write_fleet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.session import Session


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    return with_mirror(session, write_mirror(tmp_path / "mirror"))


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """Two hubs that say the same."""
    files = {f"{name}.values.yaml": LARGE.replace("OWN", "own: 1") for name in "ab"}
    return write_fleet(tmp_path / "fleet", hubs_of("a", "b"), files)


def test_a_fleet_with_errors_is_not_rewritten(session: Session, pair: Path) -> None:
    directory = pair / "config/clusters/lake"
    directory.mkdir()
    (directory / "cluster.yaml").write_text("name: lake\n")
    before = texts(pair)
    found = propose(session, pair)
    assert found.new is not None
    with pytest.raises(DeployerError, match="nothing is changed: the fleet has errors"):
        carry_out(whole_fleet(session, pair), found.new)
    assert texts(pair) == before


def test_a_file_that_changed_meanwhile_stops_all(session: Session, pair: Path) -> None:
    whole = whole_fleet(session, pair)
    found = sharing(session, whole, "sea", None)
    assert found.new is not None
    (pair / "config/clusters/sea/b.values.yaml").write_text("jupyterhub: {}\n")
    before = texts(pair)
    with pytest.raises(DeployerError, match="has become another meanwhile"):
        carry_out(whole, found.new)
    assert texts(pair) == before


def test_a_file_in_the_place_of_the_new_one_stops_all(session: Session, pair: Path) -> None:
    whole = whole_fleet(session, pair)
    found = sharing(session, whole, "sea", None)
    assert found.new is not None
    found.new.path.write_text("mine\n")
    before = texts(pair)
    with pytest.raises(DeployerError, match=r"shared\.values\.yaml cannot be written: File exists"):
        carry_out(whole, found.new)
    assert texts(pair) == before


def test_another_name_is_taken_when_there_is_such_a_file(session: Session, pair: Path) -> None:
    (pair / "config/clusters/sea/shared.values.yaml").write_text("")
    found = propose(session, pair)
    assert found.new is not None
    assert found.new.name == "config/clusters/sea/shared-2.values.yaml"


def test_the_proof_finds_a_difference(session: Session, pair: Path) -> None:
    whole = whole_fleet(session, pair)
    found = sharing(session, whole, "sea", None)
    assert found.new is not None
    assert proven(session, whole, found.new) == 2
    for wrong in (found.new.text.replace("own: 1", "own: 2"), found.new.text.replace("own: 1", "own: '1'")):
        with pytest.raises(DeployerError, match="nothing is changed: sea a would get other values"):
            proven(session, whole, replace(found.new, text=wrong))
    with pytest.raises(DeployerError, match="sea a would get other values"):
        proven(session, whole, replace(found.new, text="a: ["))


def test_json_is_as_its_schema_says(session: Session, pair: Path) -> None:
    found = written(session, pair)
    summary = found.summary(written=True)
    validate(
        json.loads(json.dumps(summary)), json.loads((SCHEMAS / "explain-common.schema.json").read_text())
    )
    assert (summary["written"], summary["proven"], summary["proposal"]["settings_saved"]) == (True, 2, 10)


@pytest.mark.skipif("DEPLOYER_FLEET" not in os.environ, reason="DEPLOYER_FLEET names no real fleet")
def test_a_real_fleet_shares_until_there_is_nothing_more(session: Session, tmp_path: Path) -> None:
    root = tmp_path / "fleet"
    shutil.copytree(Path(os.environ["DEPLOYER_FLEET"]) / "config", root / "config")
    before = values(session, root)
    for cluster in (None, *(each.name for each in whole_fleet(session, root).fleet.clusters)):
        found = propose(session, root, cluster, 2 if cluster else 5)
        if found.new is not None:
            carry_out(whole_fleet(session, root), found.new)
    assert values(session, root) == before


LEAVES = st.sampled_from(["1", "2", "null", "{}", "[]", "text"])
VALUES = st.recursive(
    LEAVES, lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=4), max_leaves=9
)
FILES = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)
NAMES = ["one.values.yaml", "two.values.yaml", "three.values.yaml", "enc-four.secret.values.yaml"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.fixed_dictionaries(dict.fromkeys(NAMES, FILES)),
    listed=st.lists(
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True), min_size=2, max_size=4
    ),
    fleet_wide=st.booleans(),
)
def test_sharing_never_changes_a_hub(
    session: Session, files: Mapping[str, Any], listed: list[list[str]], fleet_wide: bool
) -> None:
    """Whatever files say and hubs list, in however many steps: every proposal stands its proof."""
    hubs = {f"hub{n}": " ".join(names) for n, names in enumerate(listed)}
    with TemporaryDirectory() as directory:
        root = write_fleet(
            Path(directory) / "fleet", hubs, {name: _text(name, each) for name, each in files.items()}
        )
        before = values(session, root)
        for _ in range(3):
            found = propose(session, root, None if fleet_wide else "sea", 2)
            if found.new is None:
                break
            carry_out(whole_fleet(session, root), found.new)
        assert values(session, root) == before


def _text(name: str, values: Any) -> str:
    text = f"jupyterhub:\n  custom:{_block(values, 4)}\n"
    return f"{text}{SOPS}" if name.startswith("enc-") else text


def _block(values: Any, indent: int) -> str:
    if not isinstance(values, dict):
        return f" {values}"
    if not values:
        return " {}"
    return "".join(f"\n{' ' * indent}{key}:{_block(value, indent + 2)}" for key, value in values.items())
