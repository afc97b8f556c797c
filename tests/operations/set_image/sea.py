"""A fleet in which images are set, for tests of what is edited then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.operations.set_image.place import place, reference, said
from deployer.operations.set_image.plan import SetImage, carry_out, plan
from deployer.render.image_reference import parse
from tests.operations.explain_fleets import layers_of, write_fleet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.session import Session

NEW = "quay.io/acme/lake:new"
OLD = "jupyterhub: {singleuser: {image: {name: quay.io/acme/lake, tag: old}}}\n"


class Sea:
    """A fleet of one cluster, in which images are set."""

    def __init__(self, session: Session, root: Path) -> None:
        self.session = session
        self.root = root
        self.files: dict[str, str] = {}

    def write(self, files: Mapping[str, str], **hubs: str) -> None:
        self.files = dict(files)
        write_fleet(self.root, hubs or {"a": " ".join(files)}, files)

    def plan(self, asked: str, image: str = NEW, *, shared: bool = False) -> SetImage:
        hub, colon, profile = asked.partition(":")
        return plan(
            self.session,
            self.root,
            cluster="sea",
            hub=hub,
            profile=profile if colon else None,
            image=parse(image),
            shared=shared,
        )

    def edited(self, asked: str, image: str = NEW, *, shared: bool = False) -> dict[str, str]:
        """Return the texts of the files that are others after an image was set, which counts then."""
        found = self.plan(asked, image, shared=shared)
        assert self.texts() == self.files, "the plan has written something"
        carry_out(found)
        assert self.image(asked) == image
        again = self.plan(asked, image, shared=shared)
        assert (again.changes, again.before) == ((), image)
        return {name: text for name, text in self.texts().items() if text != self.files[name]}

    def refused(self, asked: str, image: str = NEW, *, shared: bool = False) -> tuple[str, str | None]:
        with pytest.raises(DeployerError) as caught:
            self.plan(asked, image, shared=shared)
        assert self.texts() == self.files
        return caught.value.message, caught.value.hint

    def image(self, asked: str) -> str | None:
        hub, colon, profile = asked.partition(":")
        layers = layers_of(self.session, self.root, hub)
        where = place(layers, profile if colon else None)
        return reference(said(layers, where), where)

    def texts(self) -> dict[str, str]:
        directory = self.root / "config/clusters/sea"
        return {name: (directory / name).read_text() for name in self.files}
