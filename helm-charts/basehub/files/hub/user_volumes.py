"""Make the claims of `custom.singleuser.extraPVCs` for each user before the first server starts.

What becomes of them is for the values to say: a volume names the claim, and a container mounts it.
"""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from jupyterhub.utils import exponential_backoff
from kubespawner import KubeSpawner
from kubespawner.objects import make_pvc
from z2jh import get_config

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


def _claim_of(spawner: Any, wanted: Mapping[str, str]) -> Any:
    labels = {**spawner._build_common_labels({}), "component": "extra-pvc"}  # noqa: SLF001 as its own claim
    return make_pvc(
        name=spawner._expand_all(wanted["name"]),  # noqa: SLF001
        storage_class=wanted.get("class"),
        access_modes=["ReadWriteOnce"],
        selector={},
        storage=wanted["capacity"],
        labels=labels,
        annotations=spawner._build_common_annotations({}),  # noqa: SLF001
    )


async def _ensure_claim(spawner: Any, wanted: Mapping[str, str]) -> None:
    claim = _claim_of(spawner, wanted)
    # KubeSpawner's own request: a claim that exists is fine, and one that a quota forbids is looked for.
    create = partial(spawner._make_create_pvc_request, claim, spawner.k8s_api_request_timeout)  # noqa: SLF001
    failed = f"Could not create the claim {claim.metadata.name}"
    await exponential_backoff(create, failed, timeout=spawner.k8s_api_request_retry_timeout)


def _with_claims(load: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    @wraps(load)
    async def load_user_options(spawner: Any) -> None:
        await load(spawner)
        for wanted in get_config("custom.singleuser.extraPVCs") or ():
            await _ensure_claim(spawner, wanted)

    return load_user_options


KubeSpawner.load_user_options = _with_claims(KubeSpawner.load_user_options)
