"""Setting the image of a hub: which file is edited, how, and what the plan tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load_fleet
from tests.operations.set_image.sea import NEW, OLD, Sea

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

ALONE = "jupyterhub:\n  singleuser:\n    image:\n      name: quay.io/acme/lake\n      tag: new\n"
HEX = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("before", "image", "after"),
    [
        (OLD, NEW, OLD.replace("tag: old", "tag: new")),
        (
            OLD,
            f"quay.io/acme/pond@sha256:{HEX}",
            OLD.replace("quay.io/acme/lake, tag: old", f"quay.io/acme/pond@sha256, tag: {HEX}"),
        ),
        (OLD, f"{NEW}@sha256:{HEX}", OLD.replace("tag: old", f'tag: "new@sha256:{HEX}"')),
        (OLD, "quay.io/acme/lake:20260702", OLD.replace("tag: old", 'tag: "20260702"')),
        (OLD, "quay.io/acme/lake:1e5", OLD.replace("tag: old", 'tag: "1e5"')),
        (
            (
                "jupyterhub:\n  singleuser:\n    image:  # ours\n      tag: 'old'   # weekly\n"
                '      # where it is\n      name: "quay.io/acme/pond"\n'
            ),
            NEW,
            (
                "jupyterhub:\n  singleuser:\n    image:  # ours\n      tag: 'new'   # weekly\n"
                '      # where it is\n      name: "quay.io/acme/lake"\n'
            ),
        ),
        (
            (
                "jupyterhub:\n  singleuser:\n    image:\n      name: quay.io/acme/lake\n"
                "      pullPolicy: Always\n"
            ),
            NEW,
            (
                "jupyterhub:\n  singleuser:\n    image:\n      name: quay.io/acme/lake\n      tag: new\n"
                "      pullPolicy: Always\n"
            ),
        ),
        (
            "jupyterhub:\n  singleuser:\n    image:\n      pullPolicy: Always\n",
            NEW,
            (
                "jupyterhub:\n  singleuser:\n    image:\n      name: quay.io/acme/lake\n      tag: new\n"
                "      pullPolicy: Always\n"
            ),
        ),
        (
            "# mine\njupyterhub:\n  singleuser:\n    startTimeout: 600\n  cull: {enabled: false}\n",
            NEW,
            (
                "# mine\njupyterhub:\n  singleuser:\n    startTimeout: 600\n    image:\n"
                "      name: quay.io/acme/lake\n      tag: new\n  cull: {enabled: false}\n"
            ),
        ),
        ("{}\n", NEW, ALONE),
        (
            "# nothing yet\n",
            NEW,
            f"# nothing yet\n{ALONE}",
        ),
        (
            "jupyterhub:\n  singleuser:\n    image: {}\n",
            NEW,
            ALONE,
        ),
    ],
)
def test_the_image_of_a_hub_is_a_name_and_a_tag(sea: Sea, before: str, image: str, after: str) -> None:
    """What is not about the image stays, to the byte."""
    sea.write({"a.values.yaml": before})
    assert sea.edited("a", image) == {"a.values.yaml": after}


def test_a_file_that_says_only_the_tag_goes_on_saying_only_the_tag(sea: Sea) -> None:
    tag = "jupyterhub: {singleuser: {image: {tag: middle}}}\n"
    sea.write({"a.values.yaml": OLD, "b.values.yaml": tag})
    assert sea.edited("a") == {"b.values.yaml": tag.replace("middle", "new")}


def test_a_file_that_says_only_the_tag_says_another_name_too(sea: Sea) -> None:
    tag = "jupyterhub: {singleuser: {image: {tag: middle}}}\n"
    sea.write({"a.values.yaml": OLD, "b.values.yaml": tag})
    assert sea.edited("a", "quay.io/acme/pond:2") == {
        "b.values.yaml": 'jupyterhub: {singleuser: {image: {name: quay.io/acme/pond, tag: "2"}}}\n'
    }


def test_the_strongest_file_that_says_the_image_is_edited(sea: Sea) -> None:
    empty = "jupyterhub: {singleuser: {image: {pullPolicy: Always}}}\n"
    sea.write({"a.values.yaml": OLD, "b.values.yaml": OLD, "c.values.yaml": empty})
    assert sea.edited("a") == {"b.values.yaml": OLD.replace("old", "new")}


def test_values_below_a_key_are_edited_there(session: Session, tmp_path: Path) -> None:
    """As the chart `daskhub` has them, also in a file that has nothing there yet."""
    sea = Sea(session, tmp_path)
    sea.write({"a.values.yaml": "other: 1\n"})
    cluster = tmp_path / "config/clusters/sea/cluster.yaml"
    cluster.write_text(cluster.read_text().replace("helm_chart: basehub", "helm_chart: daskhub"))
    assert sea.edited("a") == {
        "a.values.yaml": "other: 1\nbasehub:\n  jupyterhub:\n    singleuser:\n      image:\n"
        "        name: quay.io/acme/lake\n        tag: new\n"
    }


def test_what_a_preset_says_is_overridden_in_the_file_that_only_this_hub_uses(sea: Sea) -> None:
    preset = f"description: A lake\nvalues:\n  {OLD}"
    path = sea.root / "config/presets/lake.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(preset)
    text = "jupyterhub: {cull: {every: 60}}\n"
    files = dict.fromkeys(("common.values.yaml", "a.values.yaml", "late.values.yaml"), text)
    sea.write(
        files, a="common.values.yaml a.values.yaml late.values.yaml", b="common.values.yaml late.values.yaml"
    )
    cluster = sea.root / "config/clusters/sea/cluster.yaml"
    cluster.write_text(
        cluster.read_text().replace("helm_chart: basehub", "helm_chart: basehub\n  presets: [lake]")
    )
    assert sea.edited("a") == {
        "a.values.yaml": "jupyterhub: {cull: {every: 60}, "
        "singleuser: {image: {name: quay.io/acme/lake, tag: new}}}\n"
    }
    assert path.read_text() == preset


def test_the_plan_tells_what_it_is_about(sea: Sea) -> None:
    sea.write({"a.values.yaml": OLD})
    assert load_fleet(sea.root)
    found = sea.plan("a")
    name = "config/clusters/sea/a.values.yaml"
    assert found.summary(written=False) == {
        "image_of": "sea a",
        "path": "jupyterhub.singleuser.image",
        "file": name,
        "before": "quay.io/acme/lake:old",
        "after": NEW,
        "other_hubs": [],
        "changes": True,
        "written": False,
        "diff": f"--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-{OLD}+{OLD.replace('old', 'new')}",
        "notices": [],
    }
