"""What hubs have in common, and files rewritten so that they share it: every hub stays as it was."""

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
from deployer.render.text import as_yaml
from tests.charts.making import write_mirror
from tests.operations.explain_fleets import ENCRYPTED, SOPS, with_mirror, write_fleet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.operations.explain.sharing import Sharing
    from deployer.session import Session


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    return with_mirror(session, write_mirror(tmp_path / "mirror"))


def propose(
    session: Session, root: Path, cluster: str | None = "sea", at_least: int | None = None
) -> Sharing:
    return sharing(session, whole_fleet(session, root), cluster, at_least)


def written(session: Session, root: Path, **more: Any) -> Sharing:
    """Share and write, and see that every hub keeps its values."""
    before = values(session, root)
    found = propose(session, root, **more)
    assert found.new is not None
    carry_out(whole_fleet(session, root), found.new)
    assert values(session, root) == before
    return found


def values(session: Session, root: Path) -> dict[str, str]:
    return {each.name: as_yaml(each.release.values_for_helm) for each in whole_fleet(session, root).hubs}


def texts(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((root / "config/clusters/sea").iterdir())}


A = """\
# yaml-language-server: $schema=../values.schema.json
# The hub of the first course.
jupyterhub:
  singleuser:
    # Notebooks of this course are large.
    memory:
      limit: 4G   # and no more
      # What a kernel takes.
      guarantee: 1G
    extraEnv: {ONE: "1", COURSE: a}
  hub:
    config:
      JupyterHub:
        authenticator_class: github
    allowNamedServers: true
  # Who sleeps is culled.
  cull:
    # An afternoon:
    # longer than a lesson.
    timeout: 14400
    every: 300  # seconds
    users: false
    # Nothing more.
"""
B = """\
jupyterhub:
  hub:
    config:
      JupyterHub: {authenticator_class: github}
    allowNamedServers: true
  singleuser:
    memory:
      guarantee: 1G
      limit: 2G
    extraEnv:
      ONE: "1"
      COURSE: b
  cull:
    every: 300
    timeout: 14400  # longer than a lesson
    users: false
"""


def test_hubs_share_a_file_that_is_listed_first_and_nothing_else_changes(
    session: Session, tmp_path: Path
) -> None:
    files = {"a.values.yaml": A, "b.values.yaml": B}
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml", "b": "b.values.yaml"}, files)
    cluster = (root / "config/clusters/sea/cluster.yaml").read_text()
    found = written(session, root)
    assert found.found is not None
    assert (found.same, found.found.saved, found.at_least) == (2, 7, 2)
    assert list(found.shares.values()) == [(9, 7), (9, 7)]
    assert texts(root) == {
        "a.values.yaml": """\
# yaml-language-server: $schema=../values.schema.json
# The hub of the first course.
jupyterhub:
  singleuser:
    # Notebooks of this course are large.
    memory:
      limit: 4G   # and no more
    extraEnv: {COURSE: a}
  # Who sleeps is culled.
    # Nothing more.
""",
        "b.values.yaml": """\
jupyterhub:
  singleuser:
    memory:
      limit: 2G
    extraEnv:
      COURSE: b
""",
        "cluster.yaml": cluster.replace("  - a.values", "  - shared.values.yaml\n  - a.values").replace(
            "  - b.values", "  - shared.values.yaml\n  - b.values"
        ),
        "shared.values.yaml": """\
# yaml-language-server: $schema=../values.schema.json
# What a and b have in common.
jupyterhub:
  cull:
    # seconds
    every: 300
    # An afternoon:
    # longer than a lesson.
    # longer than a lesson
    timeout: 14400
    users: false
  hub:
    allowNamedServers: true
    config:
      JupyterHub:
        authenticator_class: github
  singleuser:
    extraEnv:
      ONE: "1"
    memory:
      # What a kernel takes.
      guarantee: 1G
""",
    }


WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NUMBERS = dict(zip(WORDS, range(1, 10), strict=True))
LARGE = "jupyterhub: {custom: {" + "".join(f"{word}: {n},\n  " for word, n in NUMBERS.items()) + "OWN}}\n"


def hubs_of(*names: str) -> dict[str, str]:
    return {name: f"{name}.values.yaml" for name in names}


def settings_of(found: Sharing) -> dict[str, Any]:
    assert found.found is not None
    return {str(each.at[-1]): each.value for each in found.found.settings}


def test_a_hub_that_says_something_else_keeps_it(session: Session, tmp_path: Path) -> None:
    files = {
        "a.values.yaml": LARGE.replace("OWN", "own: 1"),
        "b.values.yaml": LARGE.replace("OWN", "own: 1"),
        "c.values.yaml": LARGE.replace("OWN", "own: 2"),
    }
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b", "c"), files)
    found = written(session, root)
    assert settings_of(found)["own"] == 1
    assert texts(root)["c.values.yaml"] == "jupyterhub: {custom: {own: 2}}\n"
    assert found.new is not None
    assert found.new.emptied == ("config/clusters/sea/a.values.yaml", "config/clusters/sea/b.values.yaml")


def test_a_hub_that_has_nothing_there_is_left_out_or_the_setting_is(session: Session, tmp_path: Path) -> None:
    files = {
        "a.values.yaml": LARGE.replace("OWN", "own: 1"),
        "b.values.yaml": LARGE.replace("OWN", "own: 1"),
        "c.values.yaml": LARGE.replace("OWN", "more: 1"),
    }
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b", "c"), files)
    assert "own" not in settings_of(propose(session, root))
    assert "own" in settings_of(propose(session, root, at_least=2)) or propose(session, root).found


def test_what_a_file_says_that_is_stronger_elsewhere_stays(session: Session, tmp_path: Path) -> None:
    """`b` has 7 from a file that is over another one of its files which says 8."""
    files = {
        "a.values.yaml": LARGE.replace("OWN", "own: 7"),
        "b.values.yaml": LARGE.replace("OWN", "own: 7"),
        "base.values.yaml": "jupyterhub: {custom: {own: 8}}\n",
        "c.values.yaml": LARGE.replace("OWN", "own: 7"),
    }
    hubs = {**hubs_of("a", "c"), "b": "base.values.yaml b.values.yaml"}
    root = write_fleet(tmp_path / "fleet", hubs, files)
    written(session, root)
    assert texts(root)["b.values.yaml"] == "jupyterhub: {custom: {own: 7}}\n"


def test_an_empty_map_beside_what_goes_stays(session: Session, tmp_path: Path) -> None:
    own = {name: LARGE.replace("OWN", f"volumes: {{{name}: {{emptyDir: {{}}}}}}") for name in "ab"}
    files = {f"{name}.values.yaml": text for name, text in own.items()}
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b"), files)
    written(session, root)
    assert texts(root)["a.values.yaml"] == "jupyterhub: {custom: {volumes: {a: {emptyDir: {}}}}}\n"


def test_a_file_that_another_hub_uses_too_stays(session: Session, tmp_path: Path) -> None:
    text = LARGE.replace("OWN", "own: 1")
    files = {"a.values.yaml": text, "b.values.yaml": text, "c.values.yaml": ""}
    hubs = {"a": "a.values.yaml", "b": "b.values.yaml", "c": "c.values.yaml"}
    root = write_fleet(tmp_path / "fleet", hubs, files)
    other = root / "config/clusters/lake"
    other.mkdir()
    cluster = (root / "config/clusters/sea/cluster.yaml").read_text().replace("sea", "lake")
    (other / "cluster.yaml").write_text(cluster.replace("- a.values.yaml", "- ../sea/a.values.yaml"))
    for name in ("b", "c"):
        (other / f"{name}.values.yaml").write_text("")
    assert propose(session, root, at_least=2).new is None


def test_encrypted_files_are_neither_counted_nor_touched(session: Session, tmp_path: Path) -> None:
    text = LARGE.replace("OWN", "own: 1")
    secret = f"jupyterhub: {{custom: {{one: '{ENCRYPTED}', two: 2}}}}\n{SOPS}"
    files = {
        **{f"{name}.values.yaml": text for name in "ab"},
        **{f"enc-{name}.secret.values.yaml": secret for name in "ab"},
    }
    hubs = {name: f"{name}.values.yaml enc-{name}.secret.values.yaml" for name in "ab"}
    root = write_fleet(tmp_path / "fleet", hubs, files)
    found = written(session, root)
    # `one` is another in each hub for all that is known, `two` comes from the encrypted file.
    assert settings_of(found) == {
        "three": 3,
        "four": 4,
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "own": 1,
    }
    assert list(found.shares.values()) == [(8, 8), (8, 8)]
    assert texts(root)["enc-a.secret.values.yaml"] == secret


def test_a_file_that_cannot_be_edited_is_gone_around(session: Session, tmp_path: Path) -> None:
    text = LARGE.replace("OWN", "own: 1")
    anchored = text.replace("{one: 1", "&all {one: 1").replace("}}\n", "}, again: *all}\n")
    files = {"a.values.yaml": text, "b.values.yaml": text, "c.values.yaml": anchored}
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b", "c"), files)
    found = written(session, root)
    (reason,) = found.untouchable
    assert reason.startswith("config/clusters/sea/c.values.yaml cannot be edited: ")
    assert texts(root)["c.values.yaml"] == anchored


def daskhub(root: Path, hub: str) -> None:
    cluster = root / "config/clusters/sea/cluster.yaml"
    before, name, after = cluster.read_text().partition(f"- name: {hub}\n")
    cluster.write_text(before + name + after.replace("helm_chart: basehub", "helm_chart: daskhub", 1))


def test_a_values_file_is_for_hubs_whose_values_lie_at_one_place(session: Session, tmp_path: Path) -> None:
    text = LARGE.replace("OWN", "own: 1")
    files = {f"{name}.values.yaml": f"basehub:\n  {text}" if name in "bc" else text for name in "abc"}
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b", "c"), files)
    daskhub(root, "b")
    daskhub(root, "c")
    found = written(session, root, at_least=2)
    assert found.found is not None
    assert [layers.name for layers in found.found.hubs] == ["sea b", "sea c"]
    assert texts(root)["shared.values.yaml"].startswith(
        "# What b and c have in common.\nbasehub:\n  jupyterhub:\n"
    )
    assert texts(root)["b.values.yaml"] == ""


def test_a_fleet_shares_a_preset_whatever_the_chart(session: Session, tmp_path: Path) -> None:
    text = LARGE.replace("OWN", "own: 1")
    files = {f"{name}.values.yaml": f"basehub:\n  {text}" if name == "b" else text for name in "abc"}
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b", "c"), files)
    daskhub(root, "b")
    found = written(session, root, cluster=None)
    assert found.new is not None
    assert found.new.name == "config/presets/shared.yaml"
    assert (
        (root / found.new.name).read_text().startswith("description: What 3 hubs have in common\nvalues:\n")
    )
    assert (
        "  helm_chart: daskhub\n  presets:\n  - shared\n  helm_chart_values_files:\n"
        in texts(root)["cluster.yaml"]
    )


def test_a_second_preset_comes_before_the_first(session: Session, tmp_path: Path) -> None:
    """And where the first says something else, the second does not move what is over it."""
    more = LARGE.replace("custom", "singleuser: {extraEnv").replace("}}\n", "}}}\n").replace("OWN", "own: 1")
    files = {
        **{f"{name}.values.yaml": LARGE.replace("OWN", "own: 1") for name in "abcd"},
        **{f"more-{name}.values.yaml": more for name in "ab"},
        "last.values.yaml": "jupyterhub: {custom: {seven: 8}}\n",
    }
    hubs = {
        **{name: f"{name}.values.yaml more-{name}.values.yaml" for name in "ab"},
        "c": "c.values.yaml last.values.yaml",
        "d": "d.values.yaml",
    }
    root = write_fleet(tmp_path / "fleet", hubs, files)
    written(session, root, cluster=None)
    written(session, root, cluster=None, at_least=2)
    assert "  presets:\n  - shared-2\n  - shared\n" in texts(root)["cluster.yaml"]


def test_nothing_is_proposed_that_saves_no_line(session: Session, tmp_path: Path) -> None:
    files = {f"{name}.values.yaml": f"jupyterhub: {{custom: {{one: 1, own: {name}}}}}\n" for name in "ab"}
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b"), files)
    found = propose(session, root)
    assert (found.found, found.new, found.same) == (None, None, 0)
    assert list(found.shares.values()) == [(2, 1), (2, 1)]


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
