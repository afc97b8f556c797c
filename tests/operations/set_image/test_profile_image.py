"""Setting the image of a profile or a choice: what is edited, and what is told of one that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.operations.set_image.sea import NEW, OLD

if TYPE_CHECKING:
    from tests.operations.set_image.sea import Sea

PROFILES = """\
jupyterhub:
  singleuser:
    profileList:
      # What most people take.
      - display_name: Small & cheap
        default: true
        kubespawner_override:
          mem_limit: 1G
          image: quay.io/acme/lake:old  # built every week
      - display_name: Large
        slug: big
      - slug: open
        display_name: Open
        profile_options:
          image:
            display_name: Image
            choices:
              python: {display_name: Python, kubespawner_override: {image: "quay.io/acme/python:old"}}
              r:
                display_name: R
                kubespawner_override:
                  image: 'quay.io/acme/r:old'
            unlisted_choice: {enabled: true, kubespawner_override: {image: "{value}"}}
          other:
            choices:
              r:
                display_name: R
                kubespawner_override: {image: quay.io/acme/r:other}
          size:
            choices: {small: {display_name: Small, kubespawner_override: {mem_limit: 1G}}}
"""
NO_PROFILE = "no such profile in sea a"


@pytest.mark.parametrize(
    ("asked", "old", "new"),
    [
        ("a:small-cheap", "image: quay.io/acme/lake:old  #", f"image: {NEW}  #"),
        (
            "a:big",
            "        slug: big\n",
            f"        slug: big\n        kubespawner_override:\n          image: {NEW}\n",
        ),
        ("a:open/python", '"quay.io/acme/python:old"', f'"{NEW}"'),
        ("a:open/image/r", "'quay.io/acme/r:old'", f"'{NEW}'"),
        # Between braces a colon needs quotes.
        ("a:open/other/r", "quay.io/acme/r:other", f'"{NEW}"'),
    ],
)
def test_the_image_of_a_profile_or_a_choice_is_one_text(sea: Sea, asked: str, old: str, new: str) -> None:
    sea.write({"a.values.yaml": PROFILES})
    assert sea.edited(asked) == {"a.values.yaml": PROFILES.replace(old, new)}


def test_what_a_profile_has_besides_its_image_stays(sea: Sea) -> None:
    text = PROFILES.replace("          image: quay.io/acme/lake:old  # built every week\n", "")
    sea.write({"a.values.yaml": text})
    assert sea.edited("a:small-cheap") == {
        "a.values.yaml": text.replace(
            "mem_limit: 1G\n      -", f"mem_limit: 1G\n          image: {NEW}\n      -"
        )
    }


def test_a_profile_of_a_preset_of_the_fleet_is_edited_there_when_others_may_get_it(sea: Sea) -> None:
    path = sea.root / "config/presets/lake.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("description: A lake\nvalues:\n  " + PROFILES.replace("\n", "\n  ").rstrip(" "))
    sea.write({"a.values.yaml": "{}\n"}, a="a.values.yaml", b="a.values.yaml")
    cluster = sea.root / "config/clusters/sea/cluster.yaml"
    cluster.write_text(
        cluster.read_text().replace("helm_chart: basehub", "helm_chart: basehub\n  presets: [lake]")
    )
    assert sea.refused("a:big") == (
        "config/presets/lake.yaml sets this image for other hubs too: sea b",
        (
            "`--shared` sets it for all of them; for this hub alone, write "
            "`jupyterhub.singleuser.profileList` "
            "into config/clusters/sea/a.values.yaml first"
        ),
    )
    assert sea.edited("a:big", shared=True) == {}
    assert sea.image("b:big") == NEW


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        ("a:bigg", f"{NO_PROFILE}: bigg", "did you mean `big`?"),
        ("a:Large", f"{NO_PROFILE}: Large", "known: small-cheap, big, open"),
        ("a:", f"{NO_PROFILE}: ", "known: small-cheap, big, open"),
        (
            "a:open",
            "people choose the image of the profile `open` themselves",
            "name a choice: `open/python`, `open/image/r`, `open/other/r`",
        ),
        (
            "a:open/r",
            "several options of the profile `open` have a choice `r`",
            "name one of them: `open/image/r`, `open/other/r`",
        ),
        ("a:open/pyton", "no such image in the profile `open`: pyton", "did you mean `python`?"),
        (
            "a:open/small",
            "no such image in the profile `open`: small",
            "known: python, image/r, other/r",
        ),
        ("a:big/x", "no choice of the profile `big` has an image of its own", "name the profile: `big`"),
    ],
)
def test_a_profile_or_choice_that_is_not_there_is_told_with_what_is(
    sea: Sea, asked: str, message: str, hint: str
) -> None:
    sea.write({"a.values.yaml": PROFILES})
    assert sea.refused(asked) == (message, hint)


def test_a_hub_without_profiles_has_only_its_own_image(sea: Sea) -> None:
    sea.write({"a.values.yaml": OLD})
    assert sea.refused("a:big") == ("sea a has no profiles", "name the hub alone: `a`")


def test_profiles_of_one_slug_cannot_be_told_apart(sea: Sea) -> None:
    """They may be for groups that have nobody in common."""
    one = "{display_name: One, slug: x, allowed_groups: [%s]}"
    profiles = f"[{one % 'a'}, {one % 'b'}]"
    sea.write({"a.values.yaml": f"jupyterhub: {{singleuser: {{profileList: {profiles}}}}}\n"})
    assert sea.refused("a:x") == (
        "2 profiles of sea a have the slug `x`",
        "give each a `slug` of its own",
    )
