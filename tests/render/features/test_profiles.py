from __future__ import annotations

from typing import Any

import pytest

from tests.render.features.asking import asked

POOLS = """
infrastructure:
  node_pools:
    core: {machine: n2-highmem-2}
    notebooks:
      physics:
        machine: r5.4xlarge
        labels: {community: physics, rank: 1}
        taints: [{key: community, value: physics, effect: NoSchedule}, {key: alone, effect: NoExecute}]
    gpu:
      t4: {machine: n1-standard-8, gpu: {type: nvidia-tesla-t4, count: 2}}
"""
OF_USERS = [
    {"key": key, "operator": "Equal", "value": "user", "effect": "NoSchedule"}
    for key in ("hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated")
]
ANY_GPU = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
ANY_IMAGE = {
    "enabled": True,
    "display_name": "Image",
    "display_name_in_choices": "Another image",
    "description_in_choices": "Any image that has JupyterHub's server in it",
    "validation_regex": r"^[^\s]+[:@][^\s/]+$",
    "validation_message": "an image with its tag, such as quay.io/organisation/image:2026.11",
    "kubespawner_override": {"image": "{value}"},
}
GPUS = {"environment": {"NVIDIA_DRIVER_CAPABILITIES": "compute,utility"}}


def listed(settings: str, **more: Any) -> list[dict[str, Any]]:
    values = asked(f"features: {{profiles: {settings}}}", **more)
    found: list[dict[str, Any]] = values["jupyterhub"]["singleuser"]["profileList"]
    return found


def only(settings: str, **more: Any) -> dict[str, Any]:
    (profile,) = listed(settings, **more)
    return profile


def sizes(settings: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = only(settings, **more)["profile_options"]["size"]["choices"]
    return found


def test_one_profile_has_a_menu_for_the_image_and_one_for_the_size() -> None:
    text = """{
      name: Notebook,
      images: {
        python: {display_name: Python, description: All, image: 'py:1', groups: [staff]},
        r: {display_name: R, image: 'r:1', opens: rstudio},
      },
      unlisted_image: {groups: [builders]},
      servers: [{memory_gb: 2, most_memory_gb: 4, groups: [large]}, {memory_gb: 0.5, cpu: 0.1, most_cpu: 1}],
    }"""
    assert only(text) == {
        "display_name": "Notebook",
        "slug": "server",
        "default": True,
        "profile_options": {
            "image": {
                "display_name": "Image",
                "unlisted_choice": {**ANY_IMAGE, "allowed_groups": ["builders"]},
                "choices": {
                    "python": {
                        "display_name": "Python",
                        "description": "All",
                        "kubespawner_override": {"image": "py:1"},
                        "allowed_groups": ["staff"],
                    },
                    "r": {
                        "display_name": "R",
                        "kubespawner_override": {"image": "r:1", "default_url": "/rstudio"},
                        "default": True,
                    },
                },
            },
            "size": {
                "display_name": "Size",
                "choices": {
                    "mem_0_5": {
                        "display_name": "0.5 GB RAM, up to 1 CPU",
                        "kubespawner_override": {
                            "mem_guarantee": "512M",
                            "mem_limit": "512M",
                            "cpu_guarantee": 0.1,
                            "cpu_limit": 1,
                        },
                        "default": True,
                    },
                    "mem_2_0": {
                        "display_name": "up to 4 GB RAM",
                        "kubespawner_override": {"mem_guarantee": "2048M", "mem_limit": "4096M"},
                        "allowed_groups": ["large"],
                    },
                },
            },
        },
    }


def test_several_profiles_are_one_for_each_size() -> None:
    text = """{
      layout: several,
      images: {python: {display_name: Python, image: 'py:1'}},
      servers: [{memory_gb: 8, display_name: Large, description: Big}, {memory_gb: 16, cpu: 2, most_cpu: 2}],
    }"""
    assert listed(text) == [
        {
            "display_name": "Large",
            "slug": "mem-08-0",
            "default": True,
            "description": "Big",
            "kubespawner_override": {"mem_guarantee": "8192M", "mem_limit": "8192M", "image": "py:1"},
        },
        {
            "display_name": "16 GB RAM, 2 CPUs",
            "slug": "mem-16-0",
            "kubespawner_override": {
                "mem_guarantee": "16384M",
                "mem_limit": "16384M",
                "cpu_guarantee": 2,
                "cpu_limit": 2,
                "image": "py:1",
            },
        },
    ]


def test_what_has_one_choice_is_no_menu() -> None:
    image = "images: {python: {display_name: Python, image: 'py:1'}}"
    plain = {"display_name": "Server", "slug": "server", "default": True}
    assert only(f"{{{image}}}") == {**plain, "kubespawner_override": {"image": "py:1"}}
    size = {"mem_guarantee": "1024M", "mem_limit": "1024M"}
    assert only("{servers: [{memory_gb: 1}]}") == {**plain, "kubespawner_override": size}


def test_one_choice_for_groups_stays_a_menu_so_that_others_are_not_offered_it() -> None:
    profile = only("{images: {python: {display_name: Python, image: 'py:1', groups: [staff]}}}")
    choice = profile["profile_options"]["image"]["choices"]["python"]
    assert (choice["allowed_groups"], choice["default"]) == (["staff"], True)


def test_where_no_image_is_listed_the_hubs_own_can_be_chosen_beside_any() -> None:
    assert only("{unlisted_image: true}")["profile_options"] == {
        "image": {
            "display_name": "Image",
            "unlisted_choice": ANY_IMAGE,
            "choices": {"default": {"display_name": "The image of this hub", "kubespawner_override": {}}},
        }
    }


def test_who_may_type_an_image_in_may_have_one_built_where_the_hub_builds() -> None:
    building = "dynamic_images: {registry: quay.io, prefix: org/hub-, username: org+builder}"

    def image(profiles: str) -> dict[str, Any]:
        values = asked(f"features: {{{building}, profiles: {profiles}}}")
        profile = values["jupyterhub"]["singleuser"]["profileList"][0]
        found: dict[str, Any] = profile["profile_options"]["image"]
        return found

    assert image("{unlisted_image: {groups: [builders]}}") == {
        "display_name": "Image",
        "unlisted_choice": {**ANY_IMAGE, "allowed_groups": ["builders"]},
        "dynamic_image_building": {"enabled": True},
        "choices": {"default": {"display_name": "The image of this hub", "kubespawner_override": {}}},
    }
    listed = "{images: {a: {display_name: A, image: 'a:1'}, b: {display_name: B, image: 'b:1'}}}"
    assert "dynamic_image_building" not in image(listed)


def test_nothing_to_choose_makes_no_list() -> None:
    assert asked("features: {profiles: {unlisted_image: false}}") == {}


@pytest.mark.parametrize(("said", "default"), [("", "mem_1_0"), (", default: true", "mem_2_0")])
def test_the_smallest_for_everybody_is_the_default_unless_another_is_said_to_be(
    said: str, default: str
) -> None:
    text = f"{{servers: [{{memory_gb: 2{said}}}, {{memory_gb: 1}}, {{memory_gb: 0.5, groups: [a]}}]}}"
    assert [name for name, size in sizes(text).items() if size.get("default")] == [default]


def test_sizes_of_one_memory_are_all_offered() -> None:
    text = "{servers: [{memory_gb: 1, cpu: 1}, {memory_gb: 1, cpu: 2}, {memory_gb: 1, cpu: 3}]}"
    assert list(sizes(text)) == ["mem_1_0", "mem_1_0_more", "mem_1_0_more_more"]


def test_sizes_that_fit_are_those_of_the_ladder_beside_others() -> None:
    text = "{servers: [{memory_gb: 1}, {fit: {machines: [r5.xlarge], choices: 2}, groups: [large]}]}"
    found = sizes(text)
    assert [(key, size["display_name"], size.get("allowed_groups")) for key, size in found.items()] == [
        ("mem_01_0", "1 GB RAM", None),
        ("mem_14_5", "14.5 GB RAM, up to 3.6 CPUs", ["large"]),
        ("mem_29_0", "29 GB RAM, 3.6 CPUs", ["large"]),
    ]
    selector = {"node.kubernetes.io/instance-type": "r5.xlarge"}
    assert found["mem_14_5"]["kubespawner_override"] == {
        "mem_guarantee": "14866M",
        "mem_limit": "14866M",
        "cpu_guarantee": 1.816,
        "cpu_limit": 3.633,
        "node_selector": selector,
    }


PHYSICS: dict[str, Any] = {
    "node_selector": {
        "community": "physics",
        "rank": "1",
        "node.kubernetes.io/instance-type": "r5.4xlarge",
    },
    "tolerations": [
        *OF_USERS,
        {"key": "community", "operator": "Equal", "value": "physics", "effect": "NoSchedule"},
        {"key": "alone", "operator": "Exists", "effect": "NoExecute"},
    ],
}


@pytest.mark.parametrize(
    "text", ["{servers: [{memory_gb: 1, pool: physics}]}", "{pool: physics, servers: [{memory_gb: 1}]}"]
)
def test_servers_of_a_pool_have_its_labels_and_tolerate_its_taints(text: str) -> None:
    size = {"mem_guarantee": "1024M", "mem_limit": "1024M"}
    assert only(text, cluster=POOLS)["kubespawner_override"] == {**size, **PHYSICS}


def test_servers_on_a_machine_type_tolerate_the_taints_of_its_pool() -> None:
    override = only("{servers: [{memory_gb: 1, machine: r5.4xlarge}]}", cluster=POOLS)["kubespawner_override"]
    assert override["node_selector"] == {"node.kubernetes.io/instance-type": "r5.4xlarge"}
    assert override["tolerations"] == PHYSICS["tolerations"]


def test_what_the_hub_tolerates_by_itself_is_still_tolerated() -> None:
    own = """
    jupyterhub:
      singleuser: {extraTolerations: [{key: hub}]}
      scheduling: {userPods: {tolerations: [{key: own}]}}
    """
    text = "{servers: [{memory_gb: 1, pool: physics}]}"
    override = only(text, cluster=POOLS, own=own)["kubespawner_override"]
    assert override["tolerations"] == [{"key": "own"}, {"key": "hub"}, *PHYSICS["tolerations"][2:]]


def test_a_profile_with_gpus_has_their_part_of_the_node_and_comes_after_one_without() -> None:
    plain, with_gpus = listed(
        "{gpus: {large: {machine: g4dn.12xlarge, count: 2, groups: [ml], description: Big}}}"
    )
    assert plain == {"display_name": "Server", "slug": "server", "default": True}
    assert with_gpus == {
        "display_name": "2 NVIDIA T4 GPUs",
        "slug": "gpu-large",
        "description": "Big",
        "allowed_groups": ["ml"],
        "kubespawner_override": {
            "mem_guarantee": "92575M",
            "mem_limit": "92575M",
            "cpu_guarantee": 23.542,
            "cpu_limit": 47.084,
            "extra_resource_limits": {"nvidia.com/gpu": "2"},
            "node_selector": {"node.kubernetes.io/instance-type": "g4dn.12xlarge"},
            "tolerations": [*OF_USERS, ANY_GPU],
            **GPUS,
        },
    }


def test_gpus_of_amd_are_asked_for_by_its_name() -> None:
    _, profile = listed("{gpus: {a: {machine: g4ad.4xlarge}}}")
    override = profile["kubespawner_override"]
    assert profile["display_name"] == "1 AMD RADEON PRO V520 GPU"
    assert override["extra_resource_limits"] == {"amd.com/gpu": "1"}
    assert override["tolerations"][-1] == {**ANY_GPU, "key": "amd.com/gpu"}
    assert "environment" not in override


def test_a_profile_with_gpus_has_the_images_that_it_names() -> None:
    text = """{
      images: {python: {display_name: Python, image: 'py:1'}, torch: {display_name: Torch, image: 'torch:1'}},
      unlisted_image: true,
      gpus: {a: {}, b: {images: [torch]}},
    }"""
    plain, one, other = listed(text)
    assert list(one["profile_options"]["image"]["choices"]) == ["python", "torch"]
    assert one["profile_options"] == plain["profile_options"]
    assert "profile_options" not in other
    assert other["kubespawner_override"]["image"] == "torch:1"


def test_gpus_of_no_known_machine_are_on_any_node_that_has_some() -> None:
    _, with_gpu = listed("{gpus: {a: {}}}")
    assert with_gpu == {
        "display_name": "1 GPU",
        "slug": "gpu-a",
        "kubespawner_override": {
            "extra_resource_limits": {"nvidia.com/gpu": "1"},
            "tolerations": [*OF_USERS, ANY_GPU],
            **GPUS,
        },
    }


@pytest.mark.parametrize("settings", ["{sharing: 2}", "{sharing: 2, pool: t4}"])
def test_servers_that_share_a_gpu_share_the_node_too(settings: str) -> None:
    """There are two GPUs on a node of the pool, so four servers."""
    _, shared = listed(f"{{gpus: {{a: {settings}}}}}", cluster=POOLS, provider="gcp")
    _, alone = listed("{gpus: {a: {}}}", cluster=POOLS, provider="gcp")
    assert shared["display_name"] == "1 GPU, shared by 2"
    assert shared["kubespawner_override"] == {
        "mem_guarantee": "6365M",
        "mem_limit": "6365M",
        "cpu_guarantee": 1.833,
        "cpu_limit": 7.332,
        "extra_resource_limits": {"nvidia.com/gpu": "1"},
        "node_selector": {
            "node.kubernetes.io/instance-type": "n1-standard-8",
            "cloud.google.com/gke-gpu-sharing-strategy": "time-sharing",
            "cloud.google.com/gke-max-shared-clients-per-gpu": "2",
        },
        "tolerations": [*OF_USERS, ANY_GPU],
        **GPUS,
    }
    assert alone["kubespawner_override"]["mem_limit"] == "12731M"
    selector = alone["kubespawner_override"]["node_selector"]
    assert selector == {"node.kubernetes.io/instance-type": "n1-standard-8"}


def test_attached_gpus_are_asked_for_by_googles_name_on_googles_cloud_only() -> None:
    text = "{gpus: {a: {machine: n1-standard-8, type: nvidia-tesla-v100, count: 2}}}"
    model = {"cloud.google.com/gke-accelerator": "nvidia-tesla-v100"}
    machine = {"node.kubernetes.io/instance-type": "n1-standard-8"}
    for provider, selector in (("gcp", {**machine, **model}), ("azure", machine)):
        _, profile = listed(text, provider=provider)
        assert profile["kubespawner_override"]["node_selector"] == selector
        assert profile["display_name"] == "2 nvidia-tesla-v100 GPUs"


@pytest.mark.parametrize(
    "gpu",
    [
        "{machine: r5.xlarge}",
        "{machine: g4dn.12xlarge, count: 3}",
        "{machine: unknown, type: t4}",
        "{machine: n1-standard-1, type: t4, sharing: 48}",
    ],
)
def test_what_cannot_be_made_is_left_out(gpu: str) -> None:
    """A rule tells of it."""
    assert [profile["slug"] for profile in listed(f"{{gpus: {{a: {gpu}}}}}")] == ["server"]
