"""Values that are written otherwise than they are meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.fleet.leaves import leaves
from deployer.fleet.placeholders import is_placeholder
from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import values_documents
from deployer.fleet.subjects import in_hub
from deployer.fleet.violations import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Fleet
    from deployer.fleet.positions import KeyPath

_VERSION = re.compile(r"(.*[-_.])?(?i:tag|version)|.*[a-z](Tag|Version)")
_LARGEST_EXACT = 2**53
_TEMPLATE = re.compile(r"<(your|[a-z]+[-_ ])[a-zA-Z0-9 _-]*>|\{\{ *[a-z_.]+ *\}\}")


class Number(NamedTuple):
    """A tag or version that is a number, and how it is written."""

    document: Document
    at: KeyPath
    value: float
    text: str

    @property
    def misread(self) -> bool:
        """Whether it is another one than is written."""
        return str(self.value) != self.text or abs(self.value) > _LARGEST_EXACT


_OURS = ("cluster.yaml", "org.yaml")
_OPEN = ("metadata",)
"""Keys of cluster.yaml with content that no schema checks."""


@rule()
def misread_version(fleet: Fleet) -> Iterator[Finding]:
    """Refuse tags and versions that YAML takes for another number than is written.

    `1.10` is 1.1, `0123` is 83, `12e4` is 120000: without quotes, the hub would be given an image that nobody
    meant, or none. Account numbers and other keys of cluster.yaml that are numbers by nature are taken as
    they are written.
    """
    for number in _unquoted(fleet):
        if number.misread:
            what = f"`{shown(number.at)}` is read as the number {str(number.value).removesuffix('.0')}"
            message = f'{what}: put it in quotes: `"{number.text}"`'
            yield Finding(number.document, number.at, message)


@rule("warning")
def unquoted_version(fleet: Fleet) -> Iterator[Finding]:
    """Want tags and versions with a point in them in quotes.

    `1.9` without quotes is a number. It works by luck, and the next one, `1.10`, is 1.1.
    """
    for number in _unquoted(fleet):
        if isinstance(number.value, float) and not number.misread:
            message = f'`{shown(number.at)}` is a number without quotes: write `"{number.text}"`'
            yield Finding(number.document, number.at, message)


@rule("warning")
def unfilled(fleet: Fleet) -> Iterator[Finding]:
    """Question what was to be filled in in cluster.yaml, org.yaml and the files of `support`.

    `TODO`, `CHANGEME`, `<your-project>` and the like, where they are all of a value or begin it. Comments are
    nobody's business.
    """
    ours = {file.document.name for cluster in fleet.clusters for file in cluster.support_files}
    for document in fleet.documents:
        if not document.encrypted and (document.name in ours or document.path.name in _OURS):
            for at, _ in leaves(document.data, _is_unfilled):
                subject, within = in_hub(document.data, at)
                yield Finding(document, at, f"{subject}`{shown(within)}` is still to be filled in")


@rule("warning")
def empty_section(fleet: Fleet) -> Iterator[Finding]:
    """Want a key of a values file to have a value.

    A key with nothing behind it is null, and null removes what weaker files and the chart say there. Who
    means that writes `null`.
    """
    for document in values_documents(fleet):
        for at, value in document.unusual:
            # A whole block of values that is null is an error, which the charts' schemas tell.
            if value is None and len(at) > 1 and isinstance(at[-1], str) and document.texts.get(at) == "":
                message = f"`{shown(at)}` has no value, which removes whatever the chart and weaker files say"
                yield Finding(document, at, f"{message}: write `null` if that is meant, or remove the key")


RULES = (misread_version, unquoted_version, unfilled, empty_section)


def _unquoted(fleet: Fleet) -> Iterator[Number]:
    """Yield the tags and versions that are numbers."""
    for document in values_documents(fleet):
        yield from _numbers(document)
    for cluster in fleet.clusters:
        # The other keys of a cluster.yaml have a schema, which wants text.
        yield from (number for number in _numbers(cluster.document) if number.at[0] in _OPEN)


def _numbers(document: Document) -> Iterator[Number]:
    for at, value in document.unusual:
        if isinstance(value, int | float) and _VERSION.fullmatch(str(at[-1])):
            text = document.texts.get(at)
            if text:
                yield Number(document, at, value, text)


def _is_unfilled(value: Any) -> bool:
    return is_placeholder(value) or (isinstance(value, str) and _TEMPLATE.fullmatch(value) is not None)
