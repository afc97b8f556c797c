"""Images as people name them: what is taken, how it is told to the chart, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.errors import DeployerError
from deployer.render.image_reference import ImageReference, parse

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("quay.io/acme/lake:2026-07", ("quay.io/acme/lake", "2026-07")),
        ("localhost:5000/lake:1.0_b", ("localhost:5000/lake", "1.0_b")),
        ("lake:a", ("lake", "a")),
        (f"quay.io/acme/lake:a@{DIGEST}", ("quay.io/acme/lake", f"a@{DIGEST}")),
        (f"quay.io/acme/lake:latest@{DIGEST}", ("quay.io/acme/lake", f"latest@{DIGEST}")),
        (f"localhost:5000/lake@{DIGEST}", ("localhost:5000/lake@sha256", HEX)),
        ("EU.gcr.io/a/b__c--d.e:Tag", ("EU.gcr.io/a/b__c--d.e", "Tag")),
    ],
)
def test_the_chart_makes_of_the_parts_what_was_named(text: str, parts: tuple[str, str]) -> None:
    """It puts a colon between them."""
    image = parse(text)
    assert (image.in_parts, str(image), ":".join(parts)) == (parts, text, text)


CHANGES = "so it would be another after each push"
BUILD = "give the tag or digest that its build has told: `quay.io/acme/lake@sha256:...`"
FORMS = "write `REGISTRY/NAME:TAG`, `REGISTRY/NAME@sha256:DIGEST`, or both behind each other"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "quay.io/acme/lake",
            f"the image has neither tag nor digest, {CHANGES}: quay.io/acme/lake",
            BUILD,
        ),
        (
            "quay.io/acme/lake:latest",
            f"the image has the tag `latest`, {CHANGES}: quay.io/acme/lake:latest",
            BUILD,
        ),
        ("https://quay.io/acme/lake:1", "no image: https://quay.io/acme/lake:1", "leave out `https://`"),
        (
            "quay.io/Acme/lake:1",
            "no image: quay.io/Acme/lake:1",
            "the name of an image is in lower case",
        ),
        (
            "quay.io/acme/lake@sha256:12ab",
            "no image: quay.io/acme/lake@sha256:12ab",
            "a digest is `sha256:` and 64 digits from 0 to 9 and a to f",
        ),
        ("", "no image: ", FORMS),
        ("quay.io/acme/lake:", "no image: quay.io/acme/lake:", FORMS),
        ("quay.io/acme/lake:a b", "no image: quay.io/acme/lake:a b", FORMS),
        ("-lake:1", "no image: -lake:1", FORMS),
        ("quay.io/acme/lake:1\n", "no image: quay.io/acme/lake:1\n", FORMS),
    ],
)
def test_what_is_no_image_or_does_not_stay_the_same_is_refused(text: str, message: str, hint: str) -> None:
    with pytest.raises(DeployerError) as caught:
        parse(text)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@given(
    st.from_regex(r"([a-z]{1,3}\.io/)?[a-z]{1,3}(-[a-z0-9]{1,2})?", fullmatch=True),
    st.none() | st.from_regex(r"v[A-Za-z0-9_.-]{0,9}", fullmatch=True),
    st.none() | st.just(DIGEST),
)
def test_what_is_put_together_is_read_again(name: str, tag: str | None, digest: str | None) -> None:
    if tag or digest:
        image = ImageReference(name=name, tag=tag, digest=digest)
        assert parse(str(image)) == image
