"""Facts of Azure's virtual networks."""

from __future__ import annotations

from typing import Literal, NamedTuple

# Subnets, in lower case, on which Azure takes no group, or makes its own rules; docs, "Azure Firewall FAQ", "About VPN
# Gateway configuration settings", "What is Azure Route Server?".
KEPT_BY_AZURE = 5  # addresses of each subnet; docs, "Azure Virtual Network frequently asked questions"
UNGUARDED_SUBNETS = frozenset(
    {"gatewaysubnet", "azurefirewallsubnet", "azurefirewallmanagementsubnet", "routeserversubnet"}
)
# A group that doesn't let in what Bastion needs is refused there; docs, "Working with NSG access and Azure Bastion".
BASTION = "azurebastionsubnet"


DATABRICKS = "Microsoft.Databricks/workspaces"  # the delegation of subnets that are its alone
# Delegations, in lower case, of subnets in which agents of pipelines may run; docs, "Configure Managed DevOps Pools
# networking": that of its pools is theirs alone. "" is none.
POOLS = "microsoft.devopsinfrastructure/pools"
HOLD_AGENTS = frozenset({"", POOLS, "microsoft.containerinstance/containergroups", "microsoft.app/environments"})

TO_RESOLVERS = "names"  # the rule by which servers of names are reached
TO_ENDPOINTS = "network"  # the rule by which private endpoints are reached
SUBNET = "{subnet}"  # in the place of a tag: the subnet of the computes themselves


class Needed(NamedTuple):
    """What computes without public addresses have to reach, or be reached by, and why."""

    name: str
    priority: int  # fixed, so that nothing renumbers
    direction: Literal["inbound", "outbound"]
    protocol: Literal["any", "tcp", "udp"]
    tag: str  # a service tag; {region} is filled in
    ports: tuple[str, ...]  # none: all of them
    why: str
    when: Literal[
        "",
        "databricks",
        "firewall",
        "public addresses",
        "public registry",
        "high business impact",
        "not china",
        "own names",
    ] = ""
    of_region: bool = False  # what is reached of the tag is that of the region, which the documentation names


# Sources: docs, "Configure inbound and outbound network traffic" and "Secure an Azure Machine Learning training
# environment with virtual networks" of Azure ML. Port 445 where a firewall stands between computes and storage.
OF_COMPUTES = (
    Needed(
        "machine-learning", 3900, "outbound", "tcp", "AzureMachineLearning", ("443", "8787", "18881"), "run as its jobs"
    ),
    Needed("machine-learning-udp", 3901, "outbound", "udp", "AzureMachineLearning", ("5831",), "talk to their jobs"),
    Needed("batch", 3902, "outbound", "any", "BatchNodeManagement.{region}", ("443",), "are managed as nodes of Batch"),
    Needed("storage", 3903, "outbound", "tcp", "Storage.{region}", ("443",), "read what Batch and Azure ML keep"),
    Needed(
        "storage-smb", 3904, "outbound", "tcp", "Storage.{region}", ("445",), "mount file shares past it", "firewall"
    ),
    Needed("entra", 3905, "outbound", "tcp", "AzureActiveDirectory", ("80", "443"), "sign in"),
    Needed("resource-manager", 3906, "outbound", "tcp", "AzureResourceManager", ("443",), "ask about Azure resources"),
    Needed(
        "images",
        3907,
        "outbound",
        "tcp",
        "MicrosoftContainerRegistry",
        ("443",),
        "pull images of Microsoft's",
        of_region=True,
    ),
    Needed("front-door", 3908, "outbound", "tcp", "AzureFrontDoor.FirstParty", ("443",), "pull layers of these images"),
    Needed(
        "studio", 3909, "outbound", "tcp", "AzureFrontDoor.FrontEnd", ("443",), "show the studio to people", "not china"
    ),
    Needed("monitor", 3910, "outbound", "tcp", "AzureMonitor", ("443",), "send logs and metrics"),
    Needed(TO_ENDPOINTS, 3911, "outbound", "tcp", "VirtualNetwork", ("443", "445"), "reach private endpoints"),
    Needed(
        "vault",
        3912,
        "outbound",
        "tcp",
        "AzureKeyVault.{region}",
        ("443",),
        "read the key of their disks",
        "high business impact",
    ),
    Needed(TO_RESOLVERS, 3913, "outbound", "any", "VirtualNetwork", ("53",), "ask for names in it", "own names"),
    Needed("nodes", 3914, "outbound", "any", SUBNET, (), "talk to one another in jobs of several nodes"),
    Needed("nodes-in", 3919, "inbound", "any", SUBNET, (), "are talked to by one another in jobs of several nodes"),
    Needed(  # by a private endpoint, where there is one; docs, "Azure Container Registry: firewall access rules"
        "registry",
        3915,
        "outbound",
        "tcp",
        "AzureContainerRegistry.{region}",
        ("443",),
        "pull images of the workspace's registry",
        "public registry",
    ),
    Needed(
        "management",
        3920,
        "inbound",
        "tcp",
        "AzureMachineLearning",
        ("44224",),
        "are started and stopped at their public addresses",
        "public addresses",
    ),
)

_OF_THE_SERVICE = "Microsoft.Databricks-workspaces_UseOnly_databricks-"
_CONTROL_PLANE = "control-plane-to-worker-"
# Rules that Databricks adds to the groups of its subnets: a deployment without them is refused once it has
# (azure-quickstart-templates#6670, bicep-registry-modules#1608). Sources: docs, "Deploy Azure Databricks in your Azure
# virtual network", network security group rules; names and numbers as in Azure Verified Modules, res/databricks/
# workspace, which are deployed twice there, and of the control plane as the service itself gives them.
OF_DATABRICKS = (
    Needed("worker-inbound", 100, "inbound", "any", "VirtualNetwork", (), "are talked to by one another"),
    Needed(
        f"{_CONTROL_PLANE}ssh",
        101,
        "inbound",
        "tcp",
        "AzureDatabricks",
        ("22",),
        "are managed at their public addresses",
        "public addresses",
    ),
    Needed(
        f"{_CONTROL_PLANE}proxy",
        102,
        "inbound",
        "tcp",
        "AzureDatabricks",
        ("5557",),
        "are given work at their public addresses",
        "public addresses",
    ),
    Needed(
        "databricks-webapp",
        100,
        "outbound",
        "tcp",
        "AzureDatabricks",
        ("443", "3306", "8443-8451"),
        "are managed by Databricks",
        "databricks",
    ),
    Needed("sql", 101, "outbound", "tcp", "Sql", ("3306",), "reach the metastore of the service"),
    Needed("storage", 102, "outbound", "tcp", "Storage", ("443",), "read what the service keeps"),
    Needed("worker-outbound", 103, "outbound", "any", "VirtualNetwork", (), "talk to one another"),
    Needed("eventhub", 104, "outbound", "tcp", "EventHub", ("9093",), "send logs of the service"),
)


def is_of_databricks(name: str) -> bool:
    """Whether a rule is one of these, by its name on Azure."""
    return name.startswith(_OF_THE_SERVICE)


def azure_name_of(needed: Needed) -> str:
    """What the service calls a rule of its own."""
    of_workers = "" if needed.name.startswith(_CONTROL_PLANE) else "worker-to-"
    return f"{_OF_THE_SERVICE}{of_workers}{needed.name}"
