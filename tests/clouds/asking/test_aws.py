"""AWS: policies, simulations and the families of quotas. tests/infra asks a local AWS by its command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from deployer.clouds.asking import Quota, Unanswered, Wanted
from deployer.clouds.asking.aws import IDENTITY_ARGV, held, policy, services
from deployer.clouds.asking.aws_leftovers import leftovers, tags
from deployer.clouds.asking.aws_quotas import family, quotas
from deployer.errors import DeployerError
from tests.clouds.asking.making import ACCOUNT, AWS, VARIABLES, answer, asker, cluster, need, pool, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.tools.fake_runner import Call

BUILDER = f"arn:aws:iam::{ACCOUNT}:user/builder"
CONTEXT = (
    "--context-entries=ContextKeyName=aws:RequestedRegion,ContextKeyValues=us-west-2,ContextKeyType=string"
)


def identity(arn: str, account: str = ACCOUNT) -> Call:
    return answer(IDENTITY_ARGV, {"Account": account, "Arn": arn})


def simulation(
    *actions: str, who: str = BUILDER, on: Sequence[str] = (), said: str = "allowed", **more: Any
) -> Call:
    argv = [
        "aws",
        "iam",
        "simulate-principal-policy",
        f"--policy-source-arn={who}",
        "--action-names",
        *actions,
    ]
    argv += [*(["--resource-arns", *on] if on else []), CONTEXT, "--output=json"]
    results = [{"EvalActionName": each, "EvalDecision": said, **more} for each in actions]
    return answer(argv, {"EvaluationResults": results})


def document(*actions: str, state: Any = None, **variables: Any) -> Any:
    wanted = need(*actions, **({"s3": state} if state else {}))
    return json.loads(policy(cluster(AWS), {**VARIABLES[type(AWS)], **variables}, wanted).text)


def test_a_policy_names_the_clusters_own_things_and_its_region_for_the_rest() -> None:
    assert document("ec2:CreateVpc", "s3:CreateBucket", "eks:CreateCluster", "iam:CreateRole") == {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["eks:CreateCluster"], "Resource": ["*"]},
            {
                "Effect": "Allow",
                "Action": ["ec2:CreateVpc"],
                "Resource": ["*"],
                "Condition": {"StringEquals": {"aws:RequestedRegion": ["us-west-2"]}},
            },
            {
                "Effect": "Allow",
                "Action": ["iam:CreateRole"],
                "Resource": [f"arn:aws:iam::{ACCOUNT}:role/alps-*"],
            },
            {"Effect": "Allow", "Action": ["s3:CreateBucket"], "Resource": ["arn:aws:s3:::alps-*"]},
        ],
    }


def test_a_policy_has_the_state_copies_in_other_regions_given_roles_and_the_partition() -> None:
    given = "arn:aws-cn:iam::123456789012:role/ours"
    found = document(
        "dlm:CreateLifecyclePolicy",
        "iam:PassRole",
        state={"bucket": "states"},
        region="cn-north-1",
        identities={"nodes": given},
        home_storage={"homes": {"snapshots": {"keep": 7, "region": "cn-northwest-1"}}, "more": {}},
    )["Statement"]
    assert found[0]["Condition"] == {
        "StringEquals": {"aws:RequestedRegion": ["cn-north-1", "cn-northwest-1"]}
    }
    assert found[1]["Resource"] == [f"arn:aws-cn:iam::{ACCOUNT}:role/alps-*", given]
    assert found[2] == {
        "Effect": "Allow",
        "Action": ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
        "Resource": ["arn:aws-cn:s3:::states", "arn:aws-cn:s3:::states/*"],
    }


def test_what_one_policy_has_no_room_for_is_in_several_and_none_is_too_long() -> None:
    many = [f"ec2:Describe{'x' * 200}{number}" for number in range(25)]
    more = [f"s3:Get{'x' * 200}{number}" for number in range(25)]
    made = policy(cluster(AWS), VARIABLES[type(AWS)], need(*many, *more))
    parts = json.loads(made.text)
    assert [sorted(part["Statement"][0]["Action"]) for part in parts] == [sorted(many), sorted(more)]
    assert all(len(json.dumps(part, separators=(",", ":"))) <= 6144 for part in parts)
    assert made.notices == ("a list of 2 policies: one has room for 6,144 characters; give all of them",)


def test_each_action_is_simulated_on_what_the_policy_has_it_for() -> None:
    asking, runner = asker(
        AWS,
        identity(BUILDER),
        simulation("eks:CreateCluster"),
        simulation("ec2:CreateVpc", "ec2:DeleteVpc", said="implicitDeny"),
        simulation("s3:CreateBucket", on=["arn:aws:s3:::alps-x"], said="explicitDeny"),
    )
    found = held(asking, need("ec2:CreateVpc", "ec2:DeleteVpc", "eks:CreateCluster", "s3:CreateBucket"))
    assert found.actions == {
        "ec2:CreateVpc": False,
        "ec2:DeleteVpc": False,
        "eks:CreateCluster": True,
        "s3:CreateBucket": False,
    }
    assert found.grant == f"give {BUILDER} the policy of `deployer infra preflight alps --policy`"
    assert runner.all_used()


def test_an_action_is_allowed_when_it_is_on_any_of_the_things_that_it_may_be_for() -> None:
    begin = f"arn:aws:eks:us-west-2:{ACCOUNT}"
    names = [f"{begin}:{kind}/alps-1/x" for kind in ("access-entry", "addon")]
    names += [f"{begin}:cluster/alps-1"]
    names += [f"{begin}:{kind}/alps-1/x" for kind in ("identityproviderconfig", "nodegroup")]
    names += [f"{begin}:podidentityassociation/alps-1/x"]
    each = [
        {"EvalResourceName": name, "EvalResourceDecision": "allowed" if "cluster" in name else "implicitDeny"}
        for name in names
    ]
    asking, runner = asker(
        AWS,
        identity(BUILDER),
        simulation("eks:DeleteCluster", on=names, said="implicitDeny", ResourceSpecificResults=each),
    )
    assert held(asking, need("eks:DeleteCluster")).actions == {"eks:DeleteCluster": True}
    assert runner.all_used()


def test_the_state_has_permissions_of_its_own() -> None:
    state = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
    asking, runner = asker(
        AWS,
        identity(BUILDER),
        simulation("s3:ListBucket", on=["arn:aws:s3:::alps-x"]),
        simulation(*state, on=["arn:aws:s3:::states", "arn:aws:s3:::states/x"], said="implicitDeny"),
    )
    assert held(asking, need("s3:ListBucket", s3={"bucket": "states"})).actions == {
        "s3:ListBucket": True,
        **{f"{action} on arn:aws:s3:::states": False for action in state},
    }
    assert runner.all_used()


def test_what_depends_on_something_that_nobody_told_the_simulation_is_open() -> None:
    asking, _ = asker(
        AWS,
        identity(BUILDER),
        simulation("ec2:CreateVpc", said="implicitDeny", MissingContextValues=["aws:ResourceTag/owner"]),
    )
    assert held(asking, need("ec2:CreateVpc")).actions == {"ec2:CreateVpc": None}


def test_a_session_is_simulated_as_its_role_whose_path_only_iam_knows() -> None:
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/me"
    role = ["aws", "iam", "get-role", "--role-name=ops", "--output=json"]
    arn = f"arn:aws:iam::{ACCOUNT}:role/team/ops"
    known, _ = asker(
        AWS,
        identity(session),
        answer(role, {"Role": {"Arn": arn}}),
        simulation("ec2:CreateVpc", who=arn),
    )
    assert held(known, need("ec2:CreateVpc")).actions == {"ec2:CreateVpc": True}
    hidden, _ = asker(
        AWS,
        identity(session),
        refusal(role, "An error occurred (AccessDenied): no"),
        simulation("ec2:CreateVpc", who=f"arn:aws:iam::{ACCOUNT}:role/ops"),
    )
    assert held(hidden, need("ec2:CreateVpc")).actions == {"ec2:CreateVpc": True}


def test_root_may_do_everything_and_another_account_is_refused() -> None:
    asking, _ = asker(AWS, identity(f"arn:aws:iam::{ACCOUNT}:root"))
    assert held(asking, need("ec2:CreateVpc")).actions == {"ec2:CreateVpc": True}
    other, _ = asker(AWS, identity("arn:aws:iam::210987654321:user/builder", "210987654321"))
    with pytest.raises(DeployerError, match="alps: wrong account: the credentials are of 210987654321"):
        held(other, need("ec2:CreateVpc"))


def test_who_may_not_ask_is_told_so_in_the_clouds_words() -> None:
    said = "\nAn error occurred (AccessDenied) when calling the GetCallerIdentity operation: no"
    asking, _ = asker(AWS, refusal(IDENTITY_ARGV, said))
    with pytest.raises(Unanswered) as caught:
        held(asking, need("ec2:CreateVpc"))
    assert caught.value.message == said.strip()


def test_roles_of_services_are_made_by_aws_at_the_first_use() -> None:
    argv = ["aws", "iam", "list-roles", "--path-prefix=/aws-service-role/", "--output=json"]
    there = {"Roles": [{"Path": "/aws-service-role/eks.amazonaws.com/"}]}
    asking, runner = asker(AWS, answer(argv, there))
    found = services(asking, need(types=["aws_eks_cluster", "aws_efs_file_system", "aws_vpc"]))
    assert [(each.name, each.enabled, bool(each.note)) for each in found] == [
        ("eks.amazonaws.com", True, False),
        ("elasticfilesystem.amazonaws.com", True, True),
    ]
    assert runner.all_used()
    nothing, _ = asker(AWS)
    assert services(nothing, need(types=["aws_vpc"])) == ()


@pytest.mark.parametrize(
    ("machine", "name", "demand", "spot"),
    [
        ("r6i.xlarge", "Standard (A, C, D, H, I, M, R, T, Z)", "L-1216C47A", "L-34B43A08"),
        ("im4gn.large", "Standard (A, C, D, H, I, M, R, T, Z)", "L-1216C47A", "L-34B43A08"),
        ("g4dn.xlarge", "G and VT", "L-DB2E81BA", "L-3819A6DF"),
        ("gr6.4xlarge", "G and VT", "L-DB2E81BA", "L-3819A6DF"),
        ("p4d.24xlarge", "P", "L-417A185B", "L-7212CCBC"),
        ("p5en.48xlarge", "P5", "L-417A185B", "L-C4BD4855"),
        ("inf2.xlarge", "Inf", "L-1945791B", "L-B5D1601B"),
        ("dl1.24xlarge", "DL", "L-6E869C2A", "L-85EED4F7"),
        ("hpc7a.12xlarge", "HPC", "L-F7808C92", None),
        ("x2idn.16xlarge", "X", "L-7295265B", "L-E3A00192"),
        ("mac1.metal", "mac1.metal", None, None),
    ],
)
def test_machines_are_of_the_families_that_quotas_count(
    machine: str, name: str, demand: str | None, spot: str | None
) -> None:
    assert family(pool("a", machine, 1)) == (name, demand)
    assert family(pool("a", machine, 1, spot=True)) == (name, spot)


def quota_argv(service: str, code: str, verb: str = "get-service-quota") -> list[str]:
    options = ["--region=us-west-2", f"--service-code={service}", f"--quota-code={code}", "--output=json"]
    return ["aws", "service-quotas", verb, *options]


def test_pools_of_a_family_count_together_and_a_quota_that_nobody_changed_has_its_default() -> None:
    missing = "An error occurred (NoSuchResourceException) when calling the GetServiceQuota operation"
    asking, runner = asker(
        AWS,
        refusal(quota_argv("ec2", "L-1216C47A"), missing),
        answer(
            quota_argv("ec2", "L-1216C47A", "get-aws-default-service-quota"),
            {"Quota": {"Value": 5.0, "UsageMetric": {"MetricNamespace": "AWS/Usage"}}},
        ),
        answer(
            ["aws", "ec2", "describe-addresses", "--region=us-west-2", "--output=json"], {"Addresses": [1]}
        ),
        answer(quota_argv("ec2", "L-0263D0A3"), {"Quota": {"Value": 5.0}}),
        answer(quota_argv("eks", "L-6D54EA21"), {"Quota": {"Value": 30.0}}),
        refusal(quota_argv("eks", "L-BD136A63"), "An error occurred (AccessDenied)"),
    )
    pools = (pool("core", "r6i.large", 3), pool("small", "r6i.xlarge", 50), pool("odd", "zz1.large", 2))
    increase = "aws service-quotas request-service-quota-increase --region=us-west-2"
    assert quotas(asking, Wanted(pools=pools, made={"aws_eip": 1}, new=False)) == [
        Quota(
            what="vCPUs of node pool odd",
            wanted=2,
            reason="machines of the type zz1.large are not in our table",
        ),
        Quota(
            what="vCPUs on demand: Standard (A, C, D, H, I, M, R, T, Z)",
            wanted=206,
            limit=5.0,
            more=f"{increase} --service-code=ec2 --quota-code=L-1216C47A --desired-value=206",
        ),
        Quota(
            what="elastic IP addresses",
            wanted=1,
            limit=5.0,
            used=1,
            more=f"{increase} --service-code=ec2 --quota-code=L-0263D0A3 --desired-value=2",
        ),
        Quota(
            what="managed node groups of a cluster",
            wanted=3,
            limit=30.0,
            more=f"{increase} --service-code=eks --quota-code=L-6D54EA21 --desired-value=3",
        ),
        Quota(
            what="nodes of a managed node group",
            wanted=50,
            more=f"{increase} --service-code=eks --quota-code=L-BD136A63 --desired-value=50",
            reason="An error occurred (AccessDenied)",
        ),
    ]
    assert runner.all_used()


def test_leftovers_are_told_once_with_what_deletes_them_and_without_what_is_kept() -> None:
    begin = f"arn:aws:elasticloadbalancing:us-west-2:{ACCOUNT}"
    found = {
        tags("alps-1")[0]: [
            f"{begin}:loadbalancer/classic",
            f"{begin}:loadbalancer/net/a/1",
            f"{begin}:listener/net/a/1/2",
            f"arn:aws:ec2:us-west-2:{ACCOUNT}:volume/vol-1",
            f"arn:aws:ec2:us-west-2:{ACCOUNT}:volume/vol-kept",
            f"arn:aws:sqs:us-west-2:{ACCOUNT}:queue",
        ],
        tags("alps-1")[1]: [f"{begin}:loadbalancer/net/a/1", f"{begin}:targetgroup/k8s/3"],
        tags("alps-1")[2]: [f"arn:aws:ec2:us-west-2:{ACCOUNT}:security-group/sg-1"],
        tags("alps-1")[3]: [],
    }
    begins = ["aws", "resourcegroupstaggingapi", "get-resources", "--region=us-west-2", "--tag-filters"]
    asking, runner = asker(
        AWS,
        *(
            answer(
                [*begins, tag, "--output=json"],
                {"ResourceTagMappingList": [{"ResourceARN": arn} for arn in arns]},
            )
            for tag, arns in found.items()
        ),
    )
    commands = {each.name.rpartition(":")[2]: each.delete for each in leftovers(asking, {"vol-kept"})}
    balancer = f"--load-balancer-arn={begin}:loadbalancer/net/a/1"
    assert commands == {
        "security-group/sg-1": "aws ec2 delete-security-group --group-id=sg-1 --region=us-west-2",
        "volume/vol-1": "aws ec2 delete-volume --volume-id=vol-1 --region=us-west-2",
        "loadbalancer/classic": "aws elb delete-load-balancer --load-balancer-name=classic "
        "--region=us-west-2",
        "loadbalancer/net/a/1": f"aws elbv2 delete-load-balancer {balancer} --region=us-west-2",
        "targetgroup/k8s/3": f"aws elbv2 delete-target-group --target-group-arn={begin}:targetgroup/k8s/3 "
        "--region=us-west-2",
        "queue": "",
    }
    assert runner.all_used()
