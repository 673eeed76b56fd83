"""Not enough of something: vCPUs, machines, resources."""

from __future__ import annotations

from mlinfra.azure.failures.cause import ARM, ENDPOINTS, LEARN, ML, Cause

_QUOTAS = f"{ML}how-to-manage-quotas"
MACHINES = ("computes", "onlineEndpoints/deployments")
QUOTAS = (
    Cause(
        "capacity",
        "No machines of this size to be had in the region",
        r"(Insufficient\w{0,20}Capacity\w{0,10}|Overconstrained\w{1,40}Request|"
        r"SkuNotAvailable|is currently not available in location|Capacity Restrictions|AllocationFailed|"
        r"ZonalAllocationFailed|OverconstrainedAllocation|does not have enough capacity(?! for \d)|no capacity|"
        r"VMSizeNotSupported|VM size.{0,80}is not supported)",
        "Azure has none left of this size in the region, or does not offer it there to this subscription; a quota "
        "does "
        "not promise machines",
        "Take another size (size, instance_type) or another region, or try again later; "
        "az vm list-skus --location <region> --size <size> --all --output table says what is restricted",
        f"{ARM}error-sku-not-available",
        MACHINES,
    ),
    Cause(
        "quota_of_service",
        "Quota is too small for a model of a service",
        r"(InsufficientQuota|Tokens Per Minute|bigger than (the )?(current )?available capacity|"
        r"requires? \S{1,20} new capacity in quota|(TPM|token) (quota|limit) .{0,60}(exceed|reached))",
        "Azure AI services count the tokens a minute of each model in a subscription and region, apart from machines",
        "Lower capacity of the deployment, delete one that serves nothing, or ask for more (Quota of the service's "
        "portal)",
        f"{LEARN}ai-services/openai/how-to/quota",
        ("Microsoft.CognitiveServices/accounts",),
    ),
    Cause(
        "quota_of_endpoint",
        "Quota is too small for an online deployment",
        r"((?<!-)OutOfQuota(?!: Container terminated)|Not enough quota available for (?P<at>\S+)|"
        r"Not enough cluster CPU quota|(?<!here: https://aka\.ms/oe-tsg#)error-outofquota)",
        "A managed online deployment takes vCPUs of its family's quota, 20 % more than it runs, and a release "
        "runs the "
        "new one beside the old one",
        "Ask for more quota (and write it in quota of the target, which mlinfra compares), lower instance_count, "
        "take "
        "another instance_type, or delete a deployment that serves nothing",
        f"{ENDPOINTS}#error-outofquota",
        ("onlineEndpoints/deployments", "onlineEndpoints"),
    ),
    Cause(
        "quota_of_compute",
        "Quota is too small for a compute",
        r"reached (the )?(VM Series|total) core quota|Total Regional (v?CPUs?|Cores) quota|"
        r"quota of 0 (instances|cores|vCPUs)|SubscriptionIsOverQuota\w{0,20}|"
        r"(ExceedCoreQuota|(Spot|Core|Compute|Node|Account)\w{0,20}QuotaExceed\w{0,6}|Azure Quota Exceeded|"
        r"BatchAccountQuota\w{0,20}|"
        r"ClusterCoreQuotaReached|JobNodeCountExceedsCoreQuota|vCPU quota of \d+ and|exceeding (approved|"
        r"quota limits of)|\bQuotaExceeded|SubscriptionIsOverQuotaForSku|without additional quota|"
        r"exceeds? the (approved )?\S* ?core(s)? quota|has reached core quota|quota limits? of Microsoft\.Batch)",
        "Azure ML counts vCPUs by family in a subscription and region, apart from those of virtual machines; at "
        "least "
        "one node has to fit",
        "Ask for more quota of the family (and write it in quota of the target, which mlinfra compares), lower "
        "max_instances or instance_count of the job, or take a size of another family",
        f"{_QUOTAS}#request-quota-and-limit-increases",
        ("computes", "onlineEndpoints/deployments"),
    ),
    Cause(
        "deployment_history",
        "The resource group keeps too many deployments",
        r"DeploymentQuotaExceeded|number of deployments .{0,60}exceed",
        "A resource group keeps 800 deployments in its history, and a new one does not fit",
        "Delete old ones: az deployment group delete; Azure does so by itself unless a lock CanNotDelete stands "
        "on the "
        "group",
        f"{ARM}deployment-quota-exceeded",
    ),
    Cause(
        "role_assignment_limit",
        "Too many role assignments in the subscription",
        r"RoleAssignmentLimitExceeded|role assignment limit|maximum number of role assignments",
        "A subscription holds 4,000 role assignments",
        "Delete those of principals that are gone, or grant to a group",
        f"{LEARN}role-based-access-control/troubleshoot-limits",
        ("roleAssignments",),
    ),
    Cause(
        "limit_of_resources",
        "A limit of the subscription, the region or the workspace is reached",
        r"(cannot|can't) (create|have|add) more than|"
        r"(MaxNumber\w{1,40}|\w{3,40}(Cap|Limit)Reached\b|"
        r"ResourceQuotaExceeded|\b(Public|Max|Too)\w{1,60}(LimitReached|LimitExceeded|Exceeded|CountExceeded)\b|"
        r"CountLimit\w{0,20}|LimitExceeded\b|CanNotCreateMultiple\w{1,40}|(maximum|max) (allowed )?(number|count|"
        r"limit) of .{0,80}(reached|"
        r"exceeded|allowed)|(?<!requests )(limit|quota) of \d+ .{0,80}(reached|exceeded)|"
        r"(?<!size )(?<!length )(reached|"
        r"exceeded|exceeds) (the )?(maximum|limit|quota)(?! length)(?! of '\d+' for time)(?! \d+ ?(bytes|MB))|"
        r"(endpoint|workspace|cluster|storage account|"
        r"public ip)s? .{0,40}(limit|quota) .{0,40}(reached|exceeded))",
        "Azure holds so many of each type in a subscription and region; what was deleted may count a while longer",
        "Delete what nothing uses, ask for more (Help + support, service and subscription limits), or take "
        "another region",
        f"{ARM}error-resource-quota",
    ),
)
