"""Further words of causes: what Azure's services say, by the pages and the sources that list it."""

from __future__ import annotations

from mlinfra.azure.failures.cause import ARM, ENDPOINTS, LEARN, ML, Passage, Words

AZURE = (
    Passage(
        f"{ARM}common-deployment-errors",
        (
            Words(
                "operation_in_progress",
                r"\b[a-z]{4,60}NotInSucceededState\b|\b[a-z]{3,40}OperationPreempted\b|\bResourceLocked\b|"
                r"(provisioning ?state|state)\b.{0,40}\b(must be|is not|should be) '?Succeeded\b|"
                r"in a (failed|non.?terminal|transitional) (provisioning )?state|"
                r"(cannot|can't|could not) .{0,60}while .{0,60}(in progress|being (updated|created|deleted)|is "
                r"(updating|running|deleting|creating))|"
                r"(pending|ongoing|previous|another|other) (operation|deployment|update|request)s? .{0,80}(exists?|"
                r"in progress|is "
                r"(running|active|pending)|to (complete|finish))|deployment with (the same|this) name .{0,60}(active|"
                r"running)|execution is in progress|wait for (its |the )?(completion|it to (finish|complete|end))|"
                r"(was|is) (recently|just) (deleted|created).{0,80}(wait|retry|again)",
            ),
            Words(
                "no_right",
                r"\b[a-z]{4,60}MissingPermissions\w{0,10}\b|(lacks?|have) (the )?permissions? (for "
                r")?'?Microsoft\.|permissions? .{0,120}(is|are) required (on|to|for)\b|"
                r"not have (the )?(required )?(RBAC )?permissions? to .{0,60}\b(scope|action|role)",
            ),
            Words(
                "name_soft_deleted",
                r"was deleted and is not available|(purge|recover) (it|the \w{3,20}) (first|or|before)",
            ),
            Words("feature_off", r"(not|n't) (white|allow).?listed|private preview"),
            Words(
                "region_lacks",
                r"(not|n't) (supported|available|offered) in (the )?'?[\w ]{2,30}'? (region|"
                r"location)|RegionClosed\w{1,30}|not enabled (yet )?(for|in) \S{1,30} region",
            ),
            Words(
                "policy",
                r"(denied|blocked|disallowed|rejected|refused|prohibited) by (an? |the )?(azure |company |"
                r"organi[sz]ation"
                r"'?s? )?polic(y|ies)\b|policyDefinition(Effect|DisplayName|Id|Name)|policyAssignment(Id|Name|"
                r"DisplayName)|\bpolicy (effect|assignment) .{0,40}deny|non.?compliant with (the )?polic",
            ),
            Words(
                "not_changeable",
                r"\b(update|change|modification)s? (of|to) .{0,80}(is|are) not (yet )?(supported|allowed|permitted)|"
                r"\bupdate is not (yet )?supported|\b(is|are) (immutable|read.?only)\b|\bonce (it is |it's )?(set|"
                r"created)"
                r",? .{0,40}(cannot|can't|can not)|(cannot|can't|can not|not possible to) (update|change|modify|alter|"
                r"switch|rename|move)\b(?! (to|into) (the )?(directory|folder))",
            ),
            Words(
                "capacity", r"\b[a-z]{3,30}CapacityHeavyUsage\b|NotAvailableForZone|\bAvailabilityZoneNotSupported\b"
            ),
            Words(
                "subscription",
                r"MarketplacePurchase\w{1,40}|ResourcePurchase\w{1,40}|InvalidSubscriptionState|(payment instrument|"
                r"billing account|credit card).{0,80}(required|valid|not|fail)|free (trial|tier|account)"
                r"\b.{0,80}(not|limit|upgrade|exceed)|subscription .{0,60}(warned|expired|past due|not active)",
            ),
            Words(
                "resource_missing",
                r"the (storage account|key vault|workspace|registry|virtual network|subnet|identity|cluster|namespace) "
                r"'?[\w.-]{1,80}'? (under|in) .{0,160}(was not found|not found|does not exist)|"
                r"(storage )?(account|container|vault)\b.{0,60}\b(has|have) been (deleted|removed)|"
                r"resource group '?[\w.()-]{1,90}'? (could not be found|does not exist|not found)",
            ),
            Words(
                "principal_unknown",
                r"InvalidPrincipalId\b|principals? .{0,60}of type '?\w{0,20}'? cannot be (validated|"
                r"found)|UnmatchedPrincipalType|service principal .{0,80}(was|is) not found in (the )?tenant",
            ),
            Words(
                "in_use",
                r"\b[a-z]{4,60}InUseBy[a-z]{3,60}\b|CannotDelete[a-z]{3,60}InUse|\bstill (has|contains|hosts|"
                r"serves)\b.{0,60}"
                r"(deployment|endpoint|resource|connection)s?|delete .{0,40}(first|before (deleting|removing))|"
                r"(resource|network|address|name|identity)\b.{0,240}already in use",
            ),
            Words(
                "timed_out",
                r"(did not|didn't|not) .{0,40}(during|in|within) the expected time|(did not|didn't|"
                r"not) (complete|finish|respond|answer|come up) (with)?in \S{1,20}",
            ),
        ),
    ),
    Passage(
        f"{LEARN}storage/common/storage-ref-azcopy-error-codes",
        (
            Words(
                "data_read",
                r"no permission to (access|read|write|list) (the )?(data|blob|container|storage|path|file)|"
                r"AzureIdentityAccessTokenResolution\.(InvalidResource|FirewallSettings\w{1,30})|"
                r"(permission|access).{0,40}(denied|missing).{0,80}(blob|container|adls|abfss|wasbs|datastore)",
            ),
            Words(
                "storage_closed",
                r"(PrivateEndpointResolutionFailure|NetworkIsolationViolated)|network rules? of (the )?storage|"
                r"(blob|dfs|file|table|queue)\.core\.windows\.net.{0,200}(not allowed by (the )?(firewall|network)|"
                r"public (network )?access)|storage account.{0,120}(private endpoint|virtual network).{0,80}(not|den|"
                r"block)",
            ),
            Words(
                "operation_in_progress",
                r"container is being deleted|account is being (created|deleted)|there is currently (a|an active) lease",
            ),
            Words("data_missing", r"The specified (resource|container|filesystem|queue|table|share) does not exist"),
        ),
    ),
    Passage(
        f"{LEARN}key-vault/general/rest-error-codes",
        (
            Words(
                "vault_rights",
                r"Caller was not found on any access policy|not found on any access policy|DeniedWithNoValidRBAC|"
                r"KeyVault(ParameterReference)?\w{0,60}(Unauthorized|AccessDenied|NotAllowed)\w{0,10}|"
                r"vault\.azure\.net.{0,240}(\b403\b|Forbidden|AccessDenied)(?!.{0,240}(firewall|Connection|network))|"
                r"(cannot|can't|could not|unable to|failed to) (get|list|set|read|retrieve|access) .{0,60}(secret|"
                r"key vault)"
                r"s?\b.{0,120}(permission|denied|forbidden|unauthorized)",
            ),
            Words(
                "vault_closed",
                r"vault\.azure\.net.{0,240}(not (authorized|allowed) .{0,40}(network|firewall)|"
                r"client address|firewall)",
            ),
        ),
    ),
    Passage(
        f"{LEARN}container-registry/container-registry-troubleshoot-login",
        (
            Words(
                "registry_pull",
                r"ORASPull\w{0,20}Unauthorized|(failed to (authorize|fetch (anonymous|oauth) token)|"
                r"failed to pull (and unpack )?image).{0,200}(\b40[13]\b|unauthorized|forbidden)",
            ),
            Words(
                "registry_signin",
                r"Could not get SAS URL to upload|(login attempt|docker login|registry login) failed|"
                r"LOGIN_SERVER_ERROR|"
                r"(cannot|could not) (log ?in|sign in|authenticate) (to|with) (the )?(container )?registry|"
                r"CONNECTIVITY_(AAD_LOGIN|ACCESS_TOKEN|REFRESH_TOKEN|CHALLENGE)_ERROR",
            ),
            Words(
                "tool_missing",
                r"DOCKER_(COMMAND|DAEMON|VERSION)_ERROR|HELM_COMMAND_ERROR|is the docker daemon running|"
                r"docker\.sock\b.{0,60}(permission denied|no such file)|make sure Docker Engine is installed|"
                r"error during connect: .{0,120}docker",
            ),
        ),
    ),
    Passage(
        f"{LEARN}virtual-network/virtual-network-troubleshoot-cannot-delete-vnet",
        (
            Words(
                "subnet_refuses",
                r"SubnetWithExternalResourcesCannotBeUsed\w{1,40}|SubnetsNotInSameVnet|BastionHostSubnetInvalid|"
                r"subnet .{0,80}(too small|must be at least|smaller than|already (used|associated|in use|delegated))|"
                r"subnet .{0,60}(has|contains) .{0,60}(other|existing) (resources|delegations)",
            ),
            Words(
                "address_range",
                r"\b[a-z]{2,40}(OutOf|Overlap|NotWithin)[a-z]{0,40}(CIDR|Subnets?Cidr|Range)\b|"
                r"(CIDR|address (space|prefix|range))s?\b.{0,120}(conflict|overlap|collid|not contain|too (small|"
                r"large))",
            ),
            Words(
                "missing_rules",
                r"NetworkSecurityGroupNotCompliant\w{1,60}|NSG\b.{0,80}(block|den|missing|required rule)|"
                r"(inbound|outbound) (rule|port|traffic|connection)s?\b.{0,80}(block|den|not allowed|missing)",
            ),
            Words("dns_not_linked", r"CreateOrUpdateVirtualNetworkLink\w{1,20}"),
            Words("dns_overlap", r"zone .{0,80}is already linked to"),
            Words(
                "name_unresolved",
                r"(DNS|name) (lookup|resolution|query)\b.{0,60}(fail|error|not)|getaddrinfo|"
                r"lookup \S{1,120} on \S{1,60}: |DNSLookupFail|EAI_AGAIN|\bENOTFOUND|UnknownHostException|"
                r"remote name could not be resolved|unable to resolve (host|address|domain)|hostname .{0,80}(could "
                r"not|not)"
                r" (be )?(found|resolved)",
            ),
            Words(
                "no_connection",
                r"OutboundConnFail|APIServerConnFail|(outbound|egress) (connection|connectivity|access)"
                r"\b.{0,60}(fail|block|not|no )|host is not reachable|no route to host|EHOSTUNREACH|"
                r"net/http: (request canceled|TLS handshake timeout)|RemoteDisconnected|Remote end closed|"
                r"ServiceRequestError|ServiceResponseError|IncompleteRead|Broken ?pipe|connection .{0,30}was (closed|"
                r"reset|refused|aborted|forcibly closed)",
            ),
        ),
    ),
    Passage(
        f"{ENDPOINTS}",
        (
            Words(
                "managed_network",
                r"WorkspaceManagedNetworkNotReady|(managed (virtual )?network|managed vnet)\b.{0,100}"
                r"(fail|error|not |disabled|invalid)|outbound rules?\b.{0,60}(fail|conflict|not found)",
            ),
            Words(
                "quota_of_endpoint",
                r"Not enough .{0,60}quota|out of quota|(vCPU|core|memory|disk|role assignment|"
                r"endpoint) quota\b.{0,60}(deployment|endpoint)",
            ),
            Words(
                "model_download",
                r"model (container|mount|artifact)s?\b.{0,80}(fail|error|could not)|"
                r"(fail\w{0,3}|unable|could not) .{0,30}(download|mount|fetch) (the )?model|storage.?initializer",
            ),
            Words(
                "init_failed",
                r"(error|exception|fail\w{0,3}) .{0,60}(in|during|while|running) (the )?(init\b|scoring "
                r"script|score\.py|entry script)|(worker|gunicorn) .{0,60}(failed to boot|exited|exiting|timeout)|"
                r"Server (was )?shut ?down|reached (the )?maximum (number of )?restarts|init\(\)",
            ),
            Words(
                "score_failed",
                r"An unexpected error occurred in scoring script|ScoringErrorResponse|Failed Dependenc(y|ies)|"
                r"score\.py.{0,80}"
                r"(error|exception)",
            ),
            Words(
                "probe_failed",
                r"(liveness|readiness|startup|health) (probe|check).{0,80}(fail|timed out|error|refused)",
            ),
            Words(
                "identity_missing",
                r"(managed|system.assigned|compute|user.assigned) identity\b.{0,80}(isn't|is not|not) "
                r"(enabled|set|configured|available|attached|assigned)|no (managed |compute )?identity\b.{0,40}(on|"
                r"for|is)|"
                r"MissingIdentity\w{1,20}|identity (not set|is required|must be (provided|specified|set))",
            ),
        ),
    ),
    Passage(
        f"{ML}how-to-troubleshoot-kubernetes-compute",
        (
            Words(
                "kubernetes",
                r"Kubernetes (cluster|compute)\b.{0,80}(not|fail|unauthorized|invalid|error)|VMExtensionError\w{0,40}|"
                r"UnsatisfiablePDB|NodePool\w{1,40}(Incompatible|Failed|Error)|AzureML (extension|Kubernetes job)|"
                r"(kubectl|helm|ingress|kubeconfig|kube-apiserver)\b.{0,120}(error|fail|not|unable|refused)|"
                r"no volume plugin matched|InvalidCompute(Information|NoKubernetes\w{1,30})|"
                r"RefreshExtensionIdentityNotSet",
            ),
            Words(
                "pod_unschedulable",
                r"(too many pods|had (untolerated )?taint|FailedScheduling|didn't have free ports|"
                r"node\(s\) (had|didn't|were))",
            ),
            Words("image_platform", r"no match for platform in manifest"),
        ),
    ),
    Passage(
        f"{ML}how-to-manage-compute-instance",
        (
            Words(
                "compute_state",
                r"(?<!Microsoft\.)(compute|cluster|node|instance)s?\b.{0,60}(unusable|deprovision|(failed|unhealthy|"
                r"stopped|deallocated) state|setup failed|not in '?Succeeded)|idle timeout|resiz\w{1,5} (the "
                r")?(cluster|"
                r"compute).{0,60}(fail|error)",
            ),
            Words(
                "compute_missing",
                r"(no|unknown) compute( target)? (named|called|with)|compute( target)? '?[\w-]{1,40}'?"
                r" (does not|doesn't) exist|specified compute\b.{0,60}(not|doesn't)",
            ),
            Words(
                "quota_of_compute",
                r"(insufficient|not enough|no|low|zero|exceed\w{0,3}) .{0,30}\b(quota|vCPUs?|cores)\b|"
                r"\bquota\b.{0,80}(exceed|insufficient|increase|not enough|reached|is 0|request)|"
                r"(requested|required) .{0,40}(cores|vCPUs|nodes).{0,60}(available|limit|remaining)",
            ),
            Words(
                "mount_failed",
                r"(mount|fuse|blobfuse)\w{0,6}\b.{0,60}(fail|error|not|denied|unable)|PyFuseError|"
                r"VolumeMount\w{1,20}|UriMountSession",
            ),
        ),
    ),
    Passage(
        f"{ML}how-to-troubleshoot-data-access",
        (
            Words(
                "data_missing",
                r"(fail\w{0,3}|unable|could not) (to )?(retrieve|fetch|load) (the )?data\b|DataAccessError\(NotFound|"
                r"StreamAccess\.NotFound|DatabaseConnection\.NotFound|"
                r"(dataset|data|input|folder|path|blob|container)\b.{0,40}(is empty|contained no data|contains no "
                r"(data|"
                r"files|rows)|has no (data|files|rows))|no (such )?(data|rows|records|images|files) (was|were|is|are|"
                r"could be|in|to)\b|path to the data .{0,40}does not exist",
            ),
            Words(
                "data_read",
                r"data .{0,40}(was |is )?inaccessible|access rights on the resource|caused by "
                r"AuthenticationException",
            ),
            Words(
                "mltable",
                r"MLTable\b.{0,120}(invalid|malformed|not valid|fail|error|missing|schema)|Text(File)?"
                r"-InvalidEncoding|invalid MLTable|(load|read|parse)\w{0,3} (the )?MLTable",
            ),
            Words(
                "data_address",
                r"StorageRequest-InvalidUri|(uri|path|url)\b.{0,40}(is )?(not|in)valid.{0,80}(datastore|"
                r"azureml|abfss|wasbs)|(local|relative) path.{0,60}not (supported|allowed)",
            ),
            Words(
                "job_timeout",
                r"DatabaseQuery\.TimeoutExpired|(exceeded|reached|hit) (the |its )?(maximum |max )?"
                r"(job |run |execution |wall.?clock )(time|duration|timeout)",
            ),
        ),
    ),
    Passage(
        f"{ML}how-to-troubleshoot-auto-ml",
        (
            Words(
                "automl_data",
                r"(target|label|weight|time|grain|time.?series.?id\w{0,10}|prediction) column\b.{0,120}(not|contain|"
                r"missing|"
                r"empty|NaN|least|invalid|rename|distinct|numeric|single)|"
                r"(training|validation|input|test) (data|dataset|set)\b.{0,120}(records|least|minimum|samples|"
                r"duplicate "
                r"columns|infinity|type|inconsistent|features)|less than the minimum requirement size|"
                r"featurization\b.{0,80}(customization|turn on|invalid|fail)|number of (samples|features) in\b|"
                r"at least two distinct values|all (allowed )?models are (within )?blocked|\bgrains?\b.{0,60}(shorter|"
                r"absent|not exist)|forecast(ing)? (horizon|task)\b.{0,80}(invalid|larger|least|must|not)",
            ),
            Words(
                "no_memory",
                r"not enough memory on the machine|out of memory condition|killed by unhandled signal|"
                r"MemoryError\.|insufficient memory|(memory|RAM)\b.{0,20} (exhausted|limit exceeded)|java heap space|"
                r"GC overhead limit",
            ),
            Words(
                "disk_full",
                r"low disk space|disk (space|usage|quota)\b.{0,40}(full|exceed|insufficient|low|not enough)",
            ),
        ),
    ),
    Passage(
        "https://learn.microsoft.com/rest/api/azureml/",
        (
            Words(
                "service_error",
                r"\(ServiceError\)|Received (an )?50\d from (a|the) service|SystemError: |\"?code\"?: ?\"?(Internal|"
                r"System)"
                r"Error|status code(s)?( was| is|:)? ?50\d\b|does not indicate success: 50\d|\bServiceError\b|"
                r"(the )?server encountered an? (internal |unexpected )?(error|condition)|HTTP (Error )?50\d\b|"
                r"service (is )?(currently )?(unavailable|experiencing)|unexpected (internal )?(error|failure|"
                r"exception) "
                r"(in|on|from|of) (the )?(service|server)|\bBadGateway\b|contact (Azure |Microsoft |customer )?support",
            ),
            Words(
                "throttled",
                r"\bThrottl(ed|ing)\b|rate limit(ed|ing| exceeded| reached)|too many requests|"
                r"retry after \d+ sec|ToomanyRequests\w{1,20}|request rate .{0,40}exceed",
            ),
        ),
    ),
)
