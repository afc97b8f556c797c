"""Who is offered which profiles and choices, asked of a KubeSpawner."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from oauthenticator.generic import GenericOAuthenticator
from oauthenticator.github import GitHubOAuthenticator
from tornado.web import HTTPError
from traitlets.config import Config

from tests.hub.conftest import CHECK
from tests.hub.spawners import person, spawner_of

if TYPE_CHECKING:
    from kubespawner import KubeSpawner

    from tests.hub.conftest import Run
    from tests.hub.spawners import Person

PROFILES: list[dict[str, Any]] = [
    {
        "display_name": "Small",
        "slug": "small",
        "default": True,
        "description": "For everybody",
        "kubespawner_override": {"mem_limit": "1G"},
        "profile_options": {
            "image": {
                "display_name": "Image",
                "unlisted_choice": {
                    "enabled": True,
                    "allowed_groups": ["builders"],
                    "display_name": "Any image",
                    "validation_regex": "^.+:.+$",
                    "validation_message": "name and tag",
                    "kubespawner_override": {"image": "{value}"},
                },
                "choices": {
                    "plain": {"display_name": "Plain", "kubespawner_override": {"image": "plain:1"}},
                    "gpu": {
                        "display_name": "With drivers",
                        "default": True,
                        "allowed_groups": ["Org:GPU"],
                        "kubespawner_override": {"image": "gpu:1"},
                    },
                },
            }
        },
    },
    {
        "display_name": "Large",
        "slug": "large",
        "allowed_groups": ["org:large", "staff"],
        "kubespawner_override": {"mem_limit": "64G"},
    },
]


def config(profiles: Any = PROFILES) -> Config:
    own = deepcopy(profiles) if isinstance(profiles, list) else profiles
    return Config({"KubeSpawner": {"profile_list": own}})


def offered(spawner: KubeSpawner) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asyncio.run(spawner.profile_list(spawner))
    return found


def offered_to(someone: Person, profiles: Any = PROFILES) -> list[dict[str, Any]]:
    return offered(spawner_of(someone, config(profiles)))


def small(*choices: str, unlisted: bool = False) -> dict[str, Any]:
    """The profile of everybody with these choices, and nothing about groups in it."""
    profile = deepcopy(PROFILES[0])
    image = profile["profile_options"]["image"]
    image["choices"] = {name: image["choices"][name] for name in choices}
    for choice in image["choices"].values():
        choice.pop("allowed_groups", None)
    image["unlisted_choice"].pop("allowed_groups")
    if not unlisted:
        image["unlisted_choice"] = {}
    return profile


LARGE = {key: value for key, value in PROFILES[1].items() if key != "allowed_groups"}


def test_who_is_in_no_group_is_offered_what_asks_for_none(run: Run) -> None:
    run("profile_groups")
    assert offered_to(person("alice")) == [small("plain")]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("staff", [small("plain"), LARGE]),
        ("ORG:large", [small("plain"), LARGE]),
        ("org:gpu", [small("plain", "gpu")]),
        ("Builders", [small("plain", unlisted=True)]),
        ("large", [small("plain")]),
    ],
)
def test_a_group_of_any_case_opens_profiles_choices_and_the_unlisted_choice(
    run: Run, group: str, expected: list[dict[str, Any]]
) -> None:
    run("profile_groups")
    assert offered_to(person("alice", group)) == expected


def test_teams_at_github_count_as_groups(run: Run) -> None:
    run("profile_groups")
    teams = [{"organization": {"login": "ORG"}, "slug": "large"}]
    someone = person("alice", auth_state={"teams": teams})
    on_github = spawner_of(someone, config(), authenticator=GitHubOAuthenticator())
    elsewhere = spawner_of(someone, config(), authenticator=GenericOAuthenticator())
    assert offered(on_github) == [small("plain"), LARGE]
    assert offered(elsewhere) == [small("plain")]


@pytest.mark.parametrize("state", [None, {}, {"teams": None}])
def test_a_log_in_without_teams_opens_nothing(run: Run, state: dict[str, Any] | None) -> None:
    run("profile_groups")
    spawner = spawner_of(person("alice", auth_state=state), config(), authenticator=GitHubOAuthenticator())
    assert offered(spawner) == [small("plain")]


def test_who_is_offered_no_profile_is_told_so_and_starts_nothing(run: Run) -> None:
    run("profile_groups")
    spawner = spawner_of(person("alice", "b", "a"), config(PROFILES[1:]))
    for ask in (spawner.profile_list(spawner), spawner.options_form(spawner), spawner.load_user_options()):
        with pytest.raises(HTTPError) as raised:
            asyncio.run(ask)
        assert raised.value.status_code == 403
        assert vars(raised.value)["jupyterhub_message"] == (
            "None of this hub's servers is offered to your groups (a, b)."
            " If you were added to another group, log out and log in again."
        )


def test_names_of_groups_are_text_on_the_page_that_says_so(run: Run) -> None:
    run("profile_groups")
    spawner = spawner_of(person("alice", "<b>"), config(PROFILES[1:]))
    with pytest.raises(HTTPError) as raised:
        offered(spawner)
    assert "(&lt;b&gt;)" in vars(raised.value)["jupyterhub_html_message"]


def test_a_profile_whose_option_has_no_choice_left_is_not_offered(run: Run) -> None:
    run("profile_groups")
    only_gpu = deepcopy(PROFILES[0])
    del only_gpu["profile_options"]["image"]["choices"]["plain"]
    assert offered_to(person("alice", "staff"), [only_gpu, PROFILES[1]]) == [LARGE]
    builder = small(unlisted=True)
    assert offered_to(person("alice", "builders"), [only_gpu, PROFILES[1]]) == [builder]


def test_the_check_user_sees_all(run: Run) -> None:
    run("profile_groups")
    assert offered_to(person(CHECK)) == PROFILES


def test_without_profiles_there_is_nothing_to_filter(run: Run) -> None:
    run("profile_groups")
    assert spawner_of(person("alice"), config([])).profile_list == []


def test_profiles_that_the_hubs_own_python_makes_are_filtered_too(run: Run) -> None:
    run("profile_groups")

    async def made(spawner: KubeSpawner) -> list[dict[str, Any]]:
        return [{"display_name": spawner.user.name}, *deepcopy(PROFILES[1:])]

    assert offered_to(person("alice"), made) == [{"display_name": "alice"}]


def test_the_form_shows_what_is_offered_and_no_groups(run: Run) -> None:
    run("profile_groups")
    spawner = spawner_of(person("alice"), config())
    form = asyncio.run(spawner.options_form(spawner))
    assert "Small" in form
    hidden = ("Large", "With drivers", "Any image", "org:large", "builders")
    assert [word for word in hidden if word in form] == []


def started(run: Run, someone: Person, **options: Any) -> KubeSpawner:
    run("profile_groups")
    spawner = spawner_of(someone, config(), **options)
    asyncio.run(spawner.load_user_options())
    return spawner


def test_a_server_has_all_that_its_profile_and_choice_say(run: Run) -> None:
    spawner = started(run, person("alice", "org:gpu"), profile="small", image="gpu")
    assert (spawner.mem_limit, spawner.image) == (2**30, "gpu:1")
    spawner = started(run, person("bob", "staff"), profile="large")
    assert spawner.mem_limit == 64 * 2**30


def test_the_first_choice_that_is_left_is_the_default(run: Run) -> None:
    assert started(run, person("alice")).image == "plain:1"


def test_an_unlisted_choice_is_taken_of_who_is_offered_it_and_still_checked(run: Run) -> None:
    chosen = {"profile": "small", "image--unlisted-choice": "mine:2"}
    assert started(run, person("alice", "builders"), **chosen).image == "mine:2"
    chosen["image--unlisted-choice"] = "mine"
    with pytest.raises(ValueError, match="failed validation regex"):
        started(run, person("alice", "builders"), **chosen)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"profile": "large"}, ValueError),
        ({"profile": "small", "image": "gpu"}, KeyError),
        ({"profile": "small", "image--unlisted-choice": "mine:2"}, ValueError),
    ],
)
def test_what_is_not_offered_is_refused_when_it_is_asked_for_past_the_form(
    run: Run, options: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        started(run, person("alice"), **options)


def test_nobodys_offer_depends_on_who_came_before(run: Run) -> None:
    run("profile_groups")
    shared = config()
    spawners = [spawner_of(person("a", *groups), shared) for groups in (["staff"], [], ["staff"])]
    found = [[each["slug"] for each in offered(spawner)] for spawner in spawners]
    assert found == [["small", "large"], ["small"], ["small", "large"]]
