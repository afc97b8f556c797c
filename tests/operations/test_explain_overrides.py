"""Keys that do nothing: what repeats, and what a file's keys do in each hub that it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.operations.explain.overrides import advice
from deployer.operations.explain.repeats import repeats
from deployer.operations.explain.where import explain_file
from deployer.operations.explain.whole import whole_fleet
from tests.charts.making import write_mirror
from tests.operations.explain_fleets import ENCRYPTED, SOPS, with_mirror, write_fleet

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.explain.where import FileExplanation
    from deployer.session import Session


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    return with_mirror(session, write_mirror(tmp_path / "mirror"))


def found(session: Session, root: Path) -> list[tuple[str, int, str, str, list[str], int]]:
    """Advice for a fleet: file, line, last key, why, who says it already, and how many keys."""
    whole = whole_fleet(session, root)
    return [
        (
            each.file.rpartition("/")[2],
            each.line,
            str(each.at[-1]),
            each.why,
            [origin.name for origin, _ in each.said_by],
            each.keys,
        )
        for each in advice(whole, whole.hubs)
    ]


def test_what_a_package_the_chart_or_a_file_says_already_is_found(session: Session, tmp_path: Path) -> None:
    files = {
        "common.values.yaml": "jupyterhub:\n  cull: {timeout: 5, every: 600}\n",
        "a.values.yaml": "jupyterhub:\n  cull:\n    timeout: 5\n    maxAge: 604800\n    users: true\n",
    }
    root = write_fleet(tmp_path / "fleet", {"a": "common.values.yaml a.values.yaml"}, files)
    assert found(session, root) == [
        ("a.values.yaml", 3, "timeout", "repeats", ["common.values.yaml"], 1),
        ("a.values.yaml", 4, "maxAge", "repeats", ["chart defaults"], 1),
        ("common.values.yaml", 2, "every", "repeats", ["jupyterhub 4.4.0"], 1),
    ]


def test_a_map_that_could_go_as_a_whole_is_named_once(session: Session, tmp_path: Path) -> None:
    text = "jupyterhub: {custom: {deep: {one: 1, two: {three: 3}}, own: 1}}\n"
    files = {"common.values.yaml": text, "a.values.yaml": text.replace("own: 1", "own: 2")}
    root = write_fleet(tmp_path / "fleet", {"a": "common.values.yaml a.values.yaml"}, files)
    assert found(session, root) == [("a.values.yaml", 1, "deep", "repeats", ["common.values.yaml"], 2)]


def test_a_null_over_nothing_and_an_empty_map_do_nothing(session: Session, tmp_path: Path) -> None:
    values = "jupyterhub:\n  custom: {nothing: null}\n  cull: {}\n  hub: {extraEnv: {}}\n"
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml"}, {"a.values.yaml": values})
    assert found(session, root) == [
        ("a.values.yaml", 2, "nothing", "removes nothing", [], 1),
        ("a.values.yaml", 3, "cull", "adds nothing", [], 1),
        ("a.values.yaml", 4, "extraEnv", "repeats", ["jupyterhub 4.4.0"], 1),
    ]


def test_equal_is_of_one_type(session: Session, tmp_path: Path) -> None:
    values = 'jupyterhub: {cull: {every: "600", maxAge: 604800.0}}\n'
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml"}, {"a.values.yaml": values})
    assert found(session, root) == []


def test_what_a_computed_value_follows_is_no_repetition_of_it(session: Session, tmp_path: Path) -> None:
    """Without its own host the hub would get another one, and the computed values with it."""
    values = "jupyterhub: {ingress: {hosts: [elsewhere.example.org]}}\n"
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml"}, {"a.values.yaml": values})
    assert found(session, root) == []
    same = values.replace("elsewhere", "a")
    root = write_fleet(tmp_path / "other", {"a": "a.values.yaml"}, {"a.values.yaml": same})
    assert found(session, root) == [("a.values.yaml", 1, "hosts", "repeats", ["computed: ingress"], 1)]


def test_of_two_files_that_a_computed_value_follows_only_one_can_go(session: Session, tmp_path: Path) -> None:
    values = "jupyterhub: {ingress: {hosts: [elsewhere.example.org]}}\n"
    files = {"one.values.yaml": values, "two.values.yaml": values}
    root = write_fleet(tmp_path / "fleet", {"a": "one.values.yaml two.values.yaml"}, files)
    assert [each[0] for each in found(session, root)] == ["two.values.yaml"]


def test_a_key_of_a_shared_file_must_be_of_no_use_to_any_hub(session: Session, tmp_path: Path) -> None:
    files = {
        "shared.values.yaml": "jupyterhub: {cull: {timeout: 5}, custom: {x: null}}\n",
        "base.values.yaml": "jupyterhub: {cull: {timeout: 5}}\n",
    }
    hubs = {"a": "base.values.yaml shared.values.yaml", "b": "shared.values.yaml"}
    root = write_fleet(tmp_path / "fleet", hubs, files)
    assert found(session, root) == [("shared.values.yaml", 1, "x", "removes nothing", [], 1)]


def test_files_of_other_hubs_are_left_out_when_one_is_asked_about(session: Session, tmp_path: Path) -> None:
    text = "jupyterhub: {cull: {every: 600}}\n"
    files = {"a.values.yaml": text, "b.values.yaml": text}
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml", "b": "b.values.yaml"}, files)
    whole = whole_fleet(session, root)
    assert [each.hubs for each in advice(whole, whole.chosen("sea", "b"))] == [("sea b",)]
    assert len(advice(whole, whole.chosen("sea", None))) == 2


def test_an_encrypted_file_is_left_alone(session: Session, tmp_path: Path) -> None:
    files = {"enc-a.secret.values.yaml": f"jupyterhub: {{cull: {{every: 600}}, custom: {{x: null}}}}\n{SOPS}"}
    root = write_fleet(tmp_path / "fleet", {"a": "enc-a.secret.values.yaml"}, files)
    assert found(session, root) == []


def test_without_its_package_nothing_is_said_about_a_null(session: Session, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    values = "dask-gateway: {enabled: true, gateway: {x: null}}\njupyterhub: {custom: {y: null}}\n"
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml"}, {"a.values.yaml": values})
    session = with_mirror(session, tmp_path / "empty")
    assert found(session, root) == []
    (layers,) = whole_fleet(session, root).hubs
    assert [each.name for each in layers.missing] == ["jupyterhub", "dask-gateway"]
    assert (
        "the defaults of jupyterhub 4.4.0 are not known: run `deployer charts fetch basehub`"
        in layers.notices[0]
    )


def test_taking_all_of_it_out_makes_no_difference(session: Session, tmp_path: Path) -> None:
    """The advice is tried: what is left says the same."""
    text = (
        "jupyterhub: {cull: {every: 600, timeout: 7}, ingress: {hosts: [a.example.org]}, custom: {x: null}}\n"
    )
    files = {"one.values.yaml": text, "two.values.yaml": text}
    root = write_fleet(tmp_path / "fleet", {"a": "one.values.yaml two.values.yaml"}, files)
    whole = whole_fleet(session, root)
    (layers,) = whole.hubs
    assert sorted((each.origin.name, each.at[-1]) for each in repeats(whole.finder, layers)) == [
        ("one.values.yaml", "every"),
        ("one.values.yaml", "hosts"),
        ("one.values.yaml", "x"),
        ("two.values.yaml", "every"),
        ("two.values.yaml", "hosts"),
        ("two.values.yaml", "timeout"),
        ("two.values.yaml", "x"),
    ]


def test_a_hub_with_errors_is_left_out_and_its_files_are_told_of_by_others(
    session: Session, tmp_path: Path
) -> None:
    files = {"a.values.yaml": "jupyterhub: {cull: {every: 600}}\n", "b.values.yaml": "a: [\n"}
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml", "b": "b.values.yaml"}, files)
    whole = whole_fleet(session, root)
    assert [layers.name for layers in whole.hubs] == ["sea a"]
    assert whole.notices[0] == "left out sea b: errors in its files, see `deployer validate`"


def where(session: Session, root: Path, file: str) -> FileExplanation:
    path = root / "config/clusters/sea" / file
    return explain_file(whole_fleet(session, root, file=path), path)


EFFECTS = {
    "shared.values.yaml": """\
jupyterhub:
  cull: {every: 600, timeout: 5}
  custom: {own: 1, other: 2}
  hub: {unknown: {key: 1, more: 2}}
dask-gateway:
  gateway: {x: 1}
""",
    "a.values.yaml": "jupyterhub: {cull: {timeout: 6}, custom: null}\n",
    "enc-b.secret.values.yaml": f"jupyterhub: {{custom: {{own: '{ENCRYPTED}'}}}}\n{SOPS}",
}


def test_each_key_without_effect_is_told_with_the_hubs_and_the_reason(
    session: Session, tmp_path: Path
) -> None:
    hubs = {
        "a": "shared.values.yaml a.values.yaml",
        "b": "shared.values.yaml enc-b.secret.values.yaml",
        "c": "shared.values.yaml",
    }
    root = write_fleet(tmp_path / "fleet", hubs, EFFECTS)
    explanation = where(session, root, "shared.values.yaml")
    assert explanation.hubs == {"sea": ("a", "b", "c")}
    assert (explanation.keys, explanation.nowhere, explanation.partly) == (7, 4, 3)
    assert [
        (
            each.line,
            each.at[-1],
            each.keys,
            each.effect.reason,
            each.effect.by and each.effect.by[0].name,
            each.hubs,
        )
        for each in explanation.idle
    ] == [
        (2, "every", 1, "repeats", "jupyterhub 4.4.0", ("sea a", "sea b", "sea c")),
        (2, "timeout", 1, "overridden", "a.values.yaml", ("sea a",)),
        (3, "own", 1, "overridden", "a.values.yaml", ("sea a",)),
        (3, "own", 1, "overridden", "enc-b.secret.values.yaml", ("sea b",)),
        (3, "other", 1, "overridden", "a.values.yaml", ("sea a",)),
        (4, "unknown", 2, "unknown", None, ("sea a", "sea b", "sea c")),
        (5, "dask-gateway", 1, "switched off", None, ("sea a", "sea b", "sea c")),
    ]


def test_an_overriding_null_is_told_with_its_own_place(session: Session, tmp_path: Path) -> None:
    root = write_fleet(tmp_path / "fleet", {"a": "shared.values.yaml a.values.yaml"}, EFFECTS)
    (own,) = (each for each in where(session, root, "shared.values.yaml").idle if each.at[-1] == "own")
    by = own.summary()["by"]
    assert (by["path"], by["line"], by["value"]) == ("jupyterhub.custom", 1, None)


def test_what_stands_beside_the_values_of_a_daskhub_has_no_effect(session: Session, tmp_path: Path) -> None:
    values = "dask-gateway: {a: 1, b: 2}\nbasehub: {jupyterhub: {custom: {x: 1}}}\n"
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml"}, {"a.values.yaml": values})
    cluster = root / "config/clusters/sea/cluster.yaml"
    cluster.write_text(cluster.read_text().replace("helm_chart: basehub", "helm_chart: daskhub"))
    explanation = where(session, root, "a.values.yaml")
    assert (explanation.keys, explanation.nowhere) == (3, 2)
    (beside,) = explanation.idle
    assert (beside.at, beside.line, beside.keys, beside.effect.reason) == (("dask-gateway",), 1, 2, "outside")


def test_a_file_that_reaches_no_hub_is_told_what_it_is(session: Session, tmp_path: Path) -> None:
    files = {"a.values.yaml": "", "support.values.yaml": "", "old.values.yaml": ""}
    more = "support:\n  helm_chart_values_files: [support.values.yaml]\n"
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml"}, files, more=more)
    assert (
        where(session, root, "support.values.yaml").note == "it is for the support chart of the cluster sea"
    )
    assert where(session, root, "old.values.yaml").note.startswith("no hub uses it: ")
    assert where(session, root, "a.values.yaml").note == ""


def test_a_file_of_a_linked_directory_is_found_by_its_other_name(session: Session, tmp_path: Path) -> None:
    root = write_fleet(
        tmp_path / "fleet", {"a": "a.values.yaml"}, {"a.values.yaml": "jupyterhub: {custom: {x: 1}}"}
    )
    (tmp_path / "link").symlink_to(root)
    explanation = explain_file(
        whole_fleet(session, root), tmp_path / "link/config/clusters/sea/a.values.yaml"
    )
    assert (explanation.hubs, explanation.keys) == ({"sea": ("a",)}, 1)
