"""Elastic Compute Cloud: slips of moto, because of which a plan would never be empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends

from tests.infra.aws.call import ACCOUNT

if TYPE_CHECKING:
    from tests.infra.aws.call import Call


class ElasticCompute:
    """moto's own objects, put right after some calls."""

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Leave all calls to moto."""

    def complete(self, call: Call) -> None:
        """Put right what moto made."""
        ec2 = ec2_backends[ACCOUNT][call.region]
        match call.action:
            case "CreateLaunchTemplate":
                _separate_tags(ec2.get_launch_template_by_name(call.body["LaunchTemplateName"]))
            case "CreateTags" | "DeleteTags":
                # A template says for ever what it was made with.
                for template in ec2.launch_templates.values():
                    template.tags = template.get_tags()
            case "AuthorizeSecurityGroupIngress" | "AuthorizeSecurityGroupEgress":
                _describe_rules(ec2.get_security_group_from_id(call.body["GroupId"]))


def _separate_tags(template: Any) -> None:
    """Take a template's own tags out of those that it gives to what is made of it."""
    data = template.default_version().data
    if "TagSpecifications" in data:
        data["TagSpecifications"] = [
            tags for tags in data["TagSpecifications"] if tags["ResourceType"] != "launch-template"
        ]


def _describe_rules(group: Any) -> None:
    """Give rules about other groups their descriptions, which moto looks for beside a range of addresses."""
    for rule in [*group.ingress_rules, *group.egress_rules]:
        if "Description" in rule.source_group:
            rule.ip_range.setdefault("Description", rule.source_group["Description"])
