"""Networks: who is let in, what is reached, and names that lead nowhere."""

from __future__ import annotations

from mlinfra.azure.failures.cause import ARM, LEARN, ML, Cause

NETWORKS = (
    Cause(
        "service_endpoint",
        "A subnet has no service endpoint of the service that lets it in",
        r"(Subnets?HaveNoServiceEndpoints\w{0,30}|do(es)? not have ServiceEndpoints|"
        r"Add \S{1,60} to subnet's ServiceEndpoints|NoServiceEndpoint\w{0,30})",
        "A list of addresses may name a subnet once that subnet has the endpoint of the service",
        "Write service_endpoints of the subnet (Microsoft.Storage, Microsoft.KeyVault, …), or reach it by a private "
        "endpoint and leave the subnet out of network_acls",
        f"{LEARN}virtual-network/virtual-network-service-endpoints-overview",
        ("subnets", "vaults", "storageAccounts"),
    ),
    Cause(
        "intent_policy",
        "A service that lives in a subnet keeps rules there, and the template leaves them out",
        r"(Conflict\w{0,10}Intended?Policy|NetworkIntent\w{0,20}|"
        r"NetworkIntentPolic\w{1,10}|Network Intent Polic(y|ies))",
        "Databricks, and others to which a subnet is delegated, put rules into its security group and route "
        "table, and "
        "refuse a deployment that takes them away",
        "Write those rules (az network nsg rule list), or give the subnet a group that is left to the service; "
        "mlinfra derives them for workspaces of the spec",
        f"{LEARN}databricks/security/network/classic/vnet-inject",
        ("networkSecurityGroups", "subnets"),
    ),
    Cause(
        "vault_closed",
        "The key vault does not let this caller in",
        r"(ForbiddenByFirewall|ForbiddenByConnection|Client address is not authorized and caller|"
        r"(Client address is not authorized|Public network access is disabled)[^|]{0,400}?Vault: (?P<at>[\w-]+)|"
        r"Public network access is disabled and request is not from a trusted service)",
        "The vault is closed to the internet, or to addresses that it does not list, and the call came from there",
        "Run the step on an agent of the network (pipelines.pool), or add its address to network.allowed_ips; where "
        "inbound is private, the name has to lead to the private endpoint",
        f"{LEARN}key-vault/general/network-security",
        ("vaults",),
    ),
    Cause(
        "registry_closed",
        "The image registry does not let this caller in",
        r"Access to registry .{0,80}denied\. Response code: 403|CONNECTIVITY_\w{1,30}_ERROR|"
        r"client with IP '?[^ ']+'? is not allowed access|denied: .{0,60}is not allowed access",
        "The registry is closed to addresses that it does not list",
        "Build and push on an agent of the network, or add its address to network.allowed_ips; Azure ML builds on "
        "image_build_compute, which lies inside",
        f"{LEARN}container-registry/container-registry-troubleshoot-access",
        ("registries",),
    ),
    Cause(
        "workspace_closed",
        "The workspace takes calls over its private link alone",
        r"(Access to workspace was denied based on workspace private link|"
        r"accessible from outside of the designated private link|private link configuration)",
        "Public access of the workspace is off, and the call came from outside of its network",
        "Run it on an agent of the network (pipelines.pool), and see that the workspace's names lead to the private "
        "endpoint there",
        f"{ML}how-to-configure-private-link",
        ("Microsoft.MachineLearningServices/workspaces",),
    ),
    Cause(
        "storage_closed",
        "The storage account does not let this caller in",
        r"(AccessDeniedByFirewall|client IP\b.{0,60}not allowed, meanwhile|not originate from an allowed|(storage|"
        r"data lake)\b.{0,120}(firewall|network rules?)\b.{0,80}(block|den|not allow)|"
        r"Public access is not permitted|"
        r"AuthorizationFailure\b|blocked by network rules of storage account|"
        r"This request is not authorized to perform this operation\.(?! using)|"
        r"is not authorized to perform this operation\b(?! using)|PublicAccessNotPermitted)",
        "The firewall of the account turned the caller's address away, which a role does not change; the same error "
        "comes from a network without the account's private endpoint",
        "Add the address to network.allowed_ips, or call from the network; of a job, see that its outbound rules "
        "name "
        "the account",
        f"{LEARN}storage/common/storage-network-security",
        ("storageAccounts",),
    ),
    Cause(
        "missing_rules",
        "A security group lacks rules that Azure ML needs",
        r"network security group \((?P<at>[^)]+)\).{0,200}missing the following rules|"
        r"security group\b.{0,60}missing (the )?(required )?rules|"
        r"missing the following rules below|Outbound Storage 445",
        "Nodes in a network of one's own reach Azure ML, Batch, storage and Entra by rules that the security "
        "group has "
        "to allow",
        "Add the rules that the error lists to the network_security_groups entry; mlinfra derives them for "
        "computes of "
        "the spec's own networks",
        f"{ML}how-to-secure-training-vnet",
        ("networkSecurityGroups", "computes"),
    ),
    Cause(
        "dns_overlap",
        "The network is linked to another zone of this name",
        r"cannot be linked to multiple zones with overlapping namespaces",
        "A virtual network follows one private DNS zone of each name; it has one already, often the hub's",
        "Use that zone: name it in network.dns.zones, or leave the link out. If the zone has an older link of this "
        "network under another name, delete that link, or give its name in derived: "
        "{private_dns_zones.….links.…: {azure_name: …}}",
        f"{LEARN}dns/private-dns-virtual-network-links",
        ("virtualNetworkLinks", "privateDnsZones"),
    ),
    Cause(
        "dns_not_linked",
        "The network is not linked to the private DNS zone",
        r"virtual network (?P<at>\S+) is not linked to private DNS zone|is not linked to private DNS zone|"
        r"InvalidPrivateDnsZoneIds?\b",
        "A link takes a while to be known everywhere after it was made",
        "Deploy again; where there is no link, add it to private_dns_zones",
        f"{LEARN}dns/private-dns-virtual-network-links",
        ("virtualNetworkLinks",),
    ),
    Cause(
        "name_unresolved",
        "A name leads nowhere from where the step runs",
        r"(no such host|Name or service not known|Temporary failure in name resolution|getaddrinfo failed|"
        r"could not resolve host|NameResolutionError|nodename nor servname)",
        "The caller's DNS does not know the name: the zone of a private endpoint is not linked to that network, "
        "or the "
        "managed network has no rule for the host",
        "Link the zone to the network where the step runs, or add the host to managed_network.outbound_rules",
        f"{LEARN}private-link/private-endpoint-dns",
        ("privateDnsZones", "Microsoft.MachineLearningServices/workspaces"),
    ),
    Cause(
        "managed_network",
        "The managed network of the workspace is not there yet",
        r"(managed (virtual )?network\b.{0,60}not (yet )?ready|"
        r"managed (virtual )?network.{0,80}(not provisioned|provisioning failed|failed to provision)|"
        r"ManagedNetwork\w*(Failed|NotProvisioned|NotReady))",
        "Azure ML makes the managed network with its first compute, which takes minutes, and one change at a time",
        "Provision it first: az ml workspace provision-network, and wait; then run the step again",
        f"{ML}how-to-managed-network",
        ("Microsoft.MachineLearningServices/workspaces",),
    ),
    Cause(
        "endpoint_not_approved",
        "A private endpoint waits for an approval",
        r"(private endpoint connection.{0,80}(pending|not approved)|PrivateEndpointConnection\w*Pending|"
        r"ConnectionIsNotApproved)",
        "What is reached belongs to somebody else, or the workspace's identity may not approve for itself",
        "Approve it: az network private-endpoint-connection approve; the hand-over in handover/ has the command",
        f"{LEARN}private-link/manage-private-endpoint",
        ("privateEndpoints", "outboundRules"),
    ),
    Cause(
        "subnet_refuses",
        "The subnet takes no private endpoint or compute",
        r"(PrivateEndpointCannotBeCreatedInSubnet|(PrivateEndpoint|PrivateLinkService)NetworkPolicies|"
        r"private (endpoint|link service) network policies|SubnetIsFull|"
        r"SubnetIsDelegated|NotEnoughAddresses|"
        r"Subnet (?P<at>\S+) (is not valid(?! in virtual network| because its IP)|does not have enough)|"
        r"not delegated to|must be delegated|NonDelegatedSubnet|Subnet\w{0,20}Delegation|delegations? of subnet|"
        r"subnet.{0,80}delegat|ServiceAssociationLink|no (free|available) (ip )?addresses)",
        "The subnet is delegated, full, or has policies that keep endpoints out",
        "Name another subnet, or give it a wider address_prefix",
        f"{LEARN}private-link/disable-private-endpoint-network-policy",
        ("subnets", "privateEndpoints"),
    ),
    Cause(
        "operation_in_progress",
        "Azure still works on the last change of this resource",
        r"(\b[a-z]{3,40}OperationInProgress|operation is (currently |still )?(performing|running|in progress)|"
        r"requires exclusive access|cancell?ed and superseded|SupersededDueTo|ReferencedResourceNotProvisioned|"
        r"is not in Succeeded state|"
        r"currently a lease|LeaseId\w{1,20}|OperationNotAllowed\b.{0,200}(being|in progress|Updating)|(endpoint|"
        r"deployment|compute)\b.{0,60}is (being )?(updated|updating|creating|deleting)|"
        r"AnotherOperationInProgress|OperationNotAllowed.{0,80}in progress|Another operation is in progress|"
        r"RetryableError|Concurrent\w{0,60}(Operation|Write|Update)|changed from the point the operation began|"
        r"parallel operations are being performed|ProvisioningStateInvalid|in state (Accepted|Creating|Updating|"
        r"Deleting|Running|Provisioning)\b|conflicting state|DeploymentActive\w{0,20}|ResourceGroupBeingDeleted|"
        r"ContainerBeingDeleted|OperationCancell?ed|canceled by another operation|operation was preempted|"
        r"LeaseAlreadyPresent|conflicting operation|already in progress|is in (Updating|Creating|Deleting|"
        r"Provisioning) (provisioning )?state|already has \d+ operations?|is (currently )?being (updated|deleted|"
        r"created|modified))",
        "Resources of a network take one change at a time",
        "Run the step again in some minutes",
        f"{ARM}common-deployment-errors",
    ),
    Cause(
        "address_range",
        "An address or a range does not fit",
        r"IP address \S{1,60} (does not belong|is not (with)?in|is outside)|"
        r"(NetcfgInvalid\w{1,30}|NetcfgSubnetRange\w{0,30}|Netcfg\w{0,30}Overlap\w{0,10}|"
        r"SubnetIsNotWithin\w{1,20}|is not (with)?in (the )?(virtual network|VNet)\b.{0,20}(CIDR|range|address)|"
        r"is not valid in virtual network|"
        r"PrivateIPAddress(NotInSubnet|InReservedRange|IsAllocated|InUse)\w{0,20}|InvalidCIDRNotation|"
        r"InvalidAddressPrefix\w{0,20}|InvalidIPv4\w{0,30}|address (space|prefix|range)\b.{0,160}(overlap|"
        r"not (contained|within|valid|in)|outside|invalid)|VnetAddressSpace\w{0,30}Overlap\w{0,20}|"
        r"InUsePrefixCannotBeDeleted)",
        "A subnet lies in the range of its network and overlaps no other; networks that are joined do not "
        "overlap, either; a range in use stays",
        "Write another address_prefix: the free parts of the range are those that no subnet has (az network "
        "vnet subnet list)",
        f"{LEARN}virtual-network/virtual-networks-faq",
        (
            "subnets",
            "virtualNetworks",
        ),
    ),
    Cause(
        "rule_conflict",
        "Two rules of a security group exclude each other",
        r"(?<!InUse)RouteTable(?!s?Client)\w{3,60}|Route ?Table (?!.{0,60}in use).{0,80}\b(must|cannot|can't)\b|"
        r"must have 0\.0\.0\.0/0 route|"
        r"(SecurityRule\w{0,40}(Conflict|Priority|Overlap|Duplicate)\w{0,30}|"
        r"security rules?\b.{0,160}(same priority|conflict|invalid)|RoutesCannot\w{0,30}|"
        r"route\b.{0,80}same (prefix|address prefix))",
        "A priority stands once a direction, and rules of the service have theirs",
        "Write another priority; a group of others has rules that the spec does not show (az network nsg rule list)",
        f"{LEARN}virtual-network/network-security-groups-overview",
        ("networkSecurityGroups",),
    ),
    Cause(
        "peering",
        "Two networks are not joined, or not on both sides",
        r"(RemotePeering\w{1,30}|PeeringsRequired|AnotherPeering\w{1,30}|ReferencedRemotePeering\w{1,30}|"
        r"peering\b.{0,160}(disconnected|out of sync|initiated|not in (the )?connected|fully synchronized)|"
        r"Peering\w{0,20}(Conflict|Failed)\b)",
        "A peering has two halves, each made in its own network; one was deleted, or the ranges changed since",
        "Delete both halves and deploy again; the half of others is in handover/",
        f"{LEARN}virtual-network/virtual-network-troubleshoot-peering-issues",
        ("virtualNetworkPeerings",),
    ),
    Cause(
        "private_link_unfit",
        "The resource takes no private endpoint like this",
        r"requires? (a )?workspace private endpoint|"
        r"(PrivateEndpointFeatureNotSupported\w{0,20}|PrivateLinkServiceId\w{0,40}|(group ?ids?|sub.?resource|"
        r"member)\b.{0,80}(is |are )?(not (valid|supported)|invalid)|(requires?|only (available|supported) (in|on|"
        r"with)) .{0,40}Premium|Premium (SKU|tier) .{0,20}(required|only)|private (endpoint|"
        r"link)s?\b.{0,80}not supported)",
        "Some kinds have private endpoints in a higher tier alone, and each has groups of its own (blob, dfs,"
        " vault, registry)",
        "Raise the sku (of a registry: Premium), or name a group that the type has",
        f"{LEARN}private-link/private-endpoint-overview",
        (
            "privateEndpoints",
            "registries",
        ),
    ),
)
