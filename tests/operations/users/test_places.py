"""Where a hub keeps homes, and what is to be renamed there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.errors import DeployerError
from deployer.operations.users.hub_side import HubSide, HubUser, SpawnerSettings
from deployer.operations.users.mapping import Pair, name_map
from deployer.operations.users.places import Claim, Move, Place, claims, moves, places
from deployer.operations.users.translation import RULES, Translation

NFS = {"nfs": {"server": "nfs", "path": "/homes"}}
SETTINGS = SpawnerSettings(
    version="7.0.0",
    slug_scheme="safe",
    pvc_name_template="claim-{user_server}",
    storage_pvc_ensure=False,
    remember_pvc_name=True,
    volumes=({"name": "home", **NFS}, {"name": "shm", "emptyDir": {}}),
    volume_mounts=({"name": "home", "mountPath": "/home", "subPath": "{escaped_username}"},),
)
ADA = Pair(old="Ada", new="ada@x")


def mounted(*templates: str) -> SpawnerSettings:
    mounts = [{"name": "home", "mountPath": f"/{path}", "subPath": path} for path in templates]
    return replace(SETTINGS, volume_mounts=mounts)


def hub(spawner: SpawnerSettings, *users: HubUser) -> HubSide:
    return HubSide(users=users or (HubUser(name="Ada", id=7, claims={}),), database="sqlite", spawner=spawner)


def renamed(template: str, *, version: str = "7.0.0", scheme: str = "safe") -> tuple[str, str]:
    spawner = replace(mounted(template), version=version, slug_scheme=scheme)
    ((move,),) = [each.moves for each in moves(hub(spawner), [ADA])]
    return move.old, move.new


def test_one_place_that_is_mounted_twice_is_one_place() -> None:
    spawner = mounted("{escaped_username}", "_shared", "{escaped_username}")
    assert places(spawner) == (Place(volume=NFS, template="{escaped_username}"),)


@pytest.mark.parametrize(
    ("template", "old", "new"),
    [
        ("{escaped_username}", "-41da", "ada-40x"),
        ("{username}", "ada---7e7bbd6d", "ada-x---f1a8ba5f"),
        ("{unescaped_username}", "Ada", "ada@x"),
        ("homes/{escaped_username}", "homes/-41da", "homes/ada-40x"),
        ("homes/{escaped_username}/work", "homes/-41da", "homes/ada-40x"),
        ("{userid}-{escaped_username}", "7--41da", "7-ada-40x"),
    ],
)
def test_a_home_is_where_kubespawner_looks_for_it(template: str, old: str, new: str) -> None:
    found = renamed(template)
    if "---" in old:  # the hash is KubeSpawner's, and tested with it
        assert [path.rpartition("---")[0] for path in found] == [
            path.rpartition("---")[0] for path in (old, new)
        ]
    else:
        assert found == (old, new)


@pytest.mark.parametrize(("version", "scheme"), [("6.2.0", "safe"), ("7.0.0", "escape")])
def test_older_ways_of_escaping_are_known(version: str, scheme: str) -> None:
    assert renamed("{username}", version=version, scheme=scheme) == ("-41da", "ada-40x")


def test_what_is_named_after_nobody_or_does_not_last_stays() -> None:
    spawner = replace(
        SETTINGS,
        volume_mounts=(
            {"name": "home", "mountPath": "/shared", "subPath": "_shared"},
            {"name": "home", "mountPath": "/all"},
            {"name": "home", "mountPath": "/by-number", "subPath": "{userid}"},
            {"name": "home", "mountPath": "/odd", "subPath": "a{b"},
            {"name": "shm", "mountPath": "/tmp", "subPath": "{username}"},
            {"name": "no such volume", "mountPath": "/x", "subPath": "{username}"},
        ),
    )
    assert places(spawner) == ()


def test_each_named_server_may_have_a_directory() -> None:
    user = HubUser(name="Ada", id=7, claims={"": None, "gpu": None})
    ((*found,),) = [
        each.moves for each in moves(hub(mounted("{escaped_username}-{escaped_servername}"), user), [ADA])
    ]
    assert found == [
        Move("-41da", "ada-40x", "Ada", "ada@x"),
        Move("-41da-gpu", "ada-40x-gpu", "Ada", "ada@x"),
    ]


@pytest.mark.parametrize(
    ("spawner", "message"),
    [
        (replace(SETTINGS, enable_user_namespaces=True), "each user has a namespace of their own"),
        (mounted("{username}/{username}"), "the path of homes has the user's name in it twice"),
        (
            replace(
                SETTINGS,
                volumes=({"name": "home", "persistentVolumeClaim": {"claimName": "{pvc_name}"}},),
            ),
            "homes are directories named `{escaped_username}` in a volume of each user's own",
        ),
        (
            replace(
                SETTINGS,
                volumes=({"name": "home", "persistentVolumeClaim": {"claimName": "home-{username}"}},),
            ),
            "a volume of servers is named after the user: `home-{username}`",
        ),
    ],
)
def test_homes_that_could_not_follow_are_an_error(spawner: SpawnerSettings, message: str) -> None:
    with pytest.raises(DeployerError) as caught:
        moves(hub(spawner), [ADA])
    assert caught.value.message.startswith(message)


def test_a_name_that_leads_out_of_the_volume_is_an_error() -> None:
    side = hub(mounted("{unescaped_username}"), HubUser(name="..", claims={}))
    with pytest.raises(DeployerError, match=r"not the path of a home below its volume: `\.\.`"):
        moves(side, [Pair(old="..", new="dots")])


def test_two_users_of_one_directory_are_an_error() -> None:
    side = hub(
        mounted("all-{escaped_username:.1}"), HubUser(name="ann", claims={}), HubUser(name="bea", claims={})
    )
    with pytest.raises(DeployerError, match="two users would share a directory"):
        moves(side, [Pair(old="ann", new="x1"), Pair(old="bea", new="x2")])


def test_another_spawner_has_no_homes_that_are_known() -> None:
    side = HubSide(users=(HubUser(name="Ada", claims={}),), database="sqlite")
    assert (moves(side, [ADA]), claims(side, [], [ADA])) == ((), ((), ()))


OWN = replace(SETTINGS, storage_pvc_ensure=True, volumes=(), volume_mounts=())


def claim(name: str, user: str | None, server: str | None = None) -> dict[str, Any]:
    annotations = {"hub.jupyter.org/username": user, "hub.jupyter.org/servername": server}
    return {
        "metadata": {"name": name, "annotations": {key: value for key, value in annotations.items() if value}}
    }


def test_claims_are_found_by_what_is_remembered_else_by_how_they_would_be_called() -> None:
    users = (
        HubUser(name="Ada", claims={"": None, "gpu": None}),
        HubUser(name="bob", claims={"": "an-old-claim"}),
    )
    objects = [
        claim("claim--41da", "Ada"),
        claim("claim--41da--gpu", "Ada", "gpu"),
        claim("postgres-ada", "Ada"),
        claim("an-old-claim", "bob"),
        claim("claim-bob", "bob"),
        claim("claim-zoe", "zoe"),
        claim("hub-db-dir", None),
    ]
    kept, annotated = claims(hub(OWN, *users), objects, [ADA])
    assert kept == (
        Claim(user="Ada", server="", name="claim--41da"),
        Claim(user="Ada", server="gpu", name="claim--41da--gpu"),
        Claim(user="bob", server="", name="an-old-claim"),
    )
    assert annotated == (("claim--41da", ADA), ("claim--41da--gpu", ADA), ("postgres-ada", ADA))


def test_a_claim_that_has_the_new_name_as_its_owner_already_is_kept_when_the_work_goes_on() -> None:
    kept, annotated = claims(hub(OWN), [claim("claim--41da", "ada@x")], [ADA])
    assert (kept, annotated) == ((Claim(user="Ada", server="", name="claim--41da"),), ())


@settings(deadline=None)
@given(users=st.sets(st.text("aAbB.@-_", min_size=1, max_size=5), max_size=10))
def test_no_two_users_ever_share_a_directory(users: set[str]) -> None:
    mapped = name_map(users, Translation(rules=(RULES["strip-domain"][0], RULES["lower"][0])))
    if mapped.obstacles:
        return
    side = hub(
        mounted("{escaped_username}", "x/{username}"), *(HubUser(name=name, claims={}) for name in users)
    )
    for each in moves(side, mapped.pairs):
        assert len({move.new for move in each.moves}) == len(mapped.pairs)
        assert not {move.new for move in each.moves} & {move.old for move in each.moves}
