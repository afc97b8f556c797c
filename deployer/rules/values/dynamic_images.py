"""Images that users have built: whether the hub has the page on which they ask for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.asked import asked, finding
from deployer.rules.values.parts.shapes import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues

_IMAGE = ("jupyterhub", "hub", "image", "name")
_OF_Z2JH = "jupyterhub/k8s-hub"


@rule("warning")
def dynamic_images(release: HubValues) -> Iterator[Finding]:
    """Want a hub image with jupyterhub-fancy-profiles where users have images built.

    Its page is where they name the repository. The image of Zero to JupyterHub lacks it, and then BinderHub
    runs and nobody is offered it.
    """
    name = text(release.value(*_IMAGE))
    # Copies in a registry of one's own are mostly called so as well.
    if name.endswith(_OF_Z2JH) and not release.unknown(_IMAGE):
        for feature in asked(release, "dynamic_images"):
            message = (
                f"nobody is offered to have an image built: the hub's image `{name}` lacks "
                "jupyterhub-fancy-profiles; set `jupyterhub.hub.image` to one that has it, such as images/hub"
            )
            yield finding(feature, (), message)


RULES = (dynamic_images,)
