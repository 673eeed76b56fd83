"""Databricks: bundles that are refused, Unity Catalog, clusters that do not start, runs that fail."""

from __future__ import annotations

from mlinfra.azure.failures.cause import LEARN, Cause

_BRICKS = f"{LEARN}databricks/"
_WORKSPACE = ("Microsoft.Databricks/workspaces",)
DATABRICKS = (
    Cause(
        "quota_of_machines",
        "Quota is too small for the machines of a cluster",
        r"(AZURE_QUOTA_EXCEEDED|azure.error.code:? ?\"?(OperationNotAllowed|QuotaExceeded)|"
        r"Total Regional (v?CPUs?|Cores) quota|Cloud Provider Launch Failure.{0,400}quota)",
        "Databricks starts machines in your subscription, which count against its own quota of vCPUs by family and "
        "region, "
        "the driver included",
        "Ask for more vCPUs of the family and of the region, take fewer or smaller nodes, or another family",
        f"{LEARN}quotas/per-vm-quota-requests",
        _WORKSPACE,
    ),
    Cause(
        "databricks_capacity",
        "Azure has no such machines for the cluster",
        r"(CLOUD_PROVIDER_RESOURCE_STOCKOUT|AZURE_(OPERATION_NOT_ALLOWED|RESOURCE_STOCKOUT)|"
        r"Cloud Provider Resource Stockout|CLOUD_PROVIDER_LAUNCH_FAILURE|Cloud Provider Launch Failure)",
        "The region has none left of this size, or Azure refused to start them: the lines below say what it said",
        "Take another node_type_id or a pool, or try again later",
        f"{_BRICKS}resources/troubleshooting/cluster-startup",
        _WORKSPACE,
    ),
    Cause(
        "databricks_network",
        "The nodes of a cluster get no network",
        r"(Azure Vnet Configuration Failure|VNET_CONFIGURATION_FAILURE|NETWORK_CONFIGURATION_FAILURE|"
        r"injected virtual network|NPIP.{0,20}(tunnel|setup|failure)|BOOTSTRAP_TIMEOUT|Bootstrap Timeout|"
        r"CONTROL_PLANE_REQUEST_FAILURE|Network Configuration Failure|SUBNET_EXHAUSTED|subnet.{0,40}(exhausted|"
        r"is full)|"
        r"Self-bootstrap failure|Instance Bootstrap|could not reach.{0,40}control plane)",
        "The subnets are full, lack the delegation or the rules of Databricks, or nothing leads out of them",
        "See host_subnet and container_subnet of the workspace: their size, NAT gateway and routes; the rules are "
        "derived",
        f"{_BRICKS}security/network/classic/vnet-inject",
        _WORKSPACE,
    ),
    Cause(
        "databricks_closed",
        "The workspace does not answer from here",
        r"(invalid character '<' looking for|Unauthorized network access to workspace|blocked by Databricks IP ACL|"
        r"Source IP.{0,60}(blocked|not allowed)|Public access is not allowed|"
        r"Config: host=\S+azuredatabricks\S*.{0,80}403|"
        r"dial tcp.{0,80}azuredatabricks)",
        "Public access of the workspace is off, or an IP list turned the caller away: a page answered, and not the API",
        "Run it on an agent of the network (pipelines.pool), and see that the workspace's name leads to its private "
        "endpoint there",
        f"{_BRICKS}security/network/front-end/front-end-private-connect",
        _WORKSPACE,
    ),
    Cause(
        "bundle_deletes",
        "The deployment would delete what holds data",
        r"(requires destructive actions|deletion or recreation of the following|would lose data:)",
        "Something that holds data left the spec, or was changed so that it has to be made anew",
        "Put it back into the spec, or save what is needed and deploy again with --data-loss; mlinfra diff says "
        "what it is",
        f"{_BRICKS}dev-tools/cli/bundle-commands",
    ),
    Cause(
        "bundle_locked",
        "Another deployment of the bundle holds its lock",
        r"(acquire (the )?deploy(ment)? lock|deploy(ment)? lock (acquired|is held)|--force-lock)",
        "Two deployments of a bundle exclude each other; one that was killed leaves its lock behind",
        "Wait until the other one ended; where none runs, databricks bundle deploy --force-lock once, by hand",
        f"{_BRICKS}dev-tools/cli/bundle-commands",
    ),
    Cause(
        "bundle_folder",
        "Whoever deploys may not write the bundle's folder",
        r"(encountered possible permission error|unable to deploy to /Workspace|"
        r"listed under the permissions of this bundle|access denied:? .{0,40}/Workspace/)",
        "A folder at the top of the workspace belongs to administrators, or to whoever deployed first",
        "Make the connection's service principal an administrator of the workspace, and deploy with it alone",
        f"{_BRICKS}dev-tools/bundles/permissions",
    ),
    Cause(
        "databricks_owner",
        "A job or pipeline has no owner, or two",
        r"(must have exactly one owner|owner.{0,40}(cannot be|can not be) (removed|changed))",
        "Permissions are replaced as a whole, and whoever replaces them is not the owner",
        "Deploy with the principal that made it, or set run_as and leave the owner out of permissions",
        f"{_BRICKS}security/auth/access-control/",
    ),
    Cause(
        "unity_rights",
        "Whoever runs this lacks a privilege in Unity Catalog",
        r"(does not have .{0,60} on (Metastore|Catalog|Schema|Table|Volume|External Location|Storage Credential|"
        r"Function|"
        r"Registered Model|Connection|Routine|View)\b|UnauthorizedAccessException|INSUFFICIENT_(PERMISSIONS|"
        r"PRIVILEGES)|"
        r"Insufficient privileges|(requires|missing|lacks?) .{0,20}(USE|CREATE|SELECT|MODIFY|READ|WRITE|MANAGE|"
        r"EXECUTE)[ _]"
        r"(CATALOG|SCHEMA|TABLE|VOLUME|FILES|MODEL|FUNCTION|EXTERNAL))",
        "Each level asks for its own: USE CATALOG, USE SCHEMA, and what is done with the thing; to make a catalog or a "
        "location takes a right on the metastore",
        "Write grants in the entry; for CREATE CATALOG and CREATE EXTERNAL LOCATION ask an administrator of the "
        "metastore",
        f"{_BRICKS}data-governance/unity-catalog/manage-privileges/privileges",
    ),
    Cause(
        "unity_missing",
        "A catalog, schema or table is not there",
        r"((Catalog|Schema|Table|Volume|View|Registered model)\b.{0,100}(does not exist|cannot be found|not found)|"
        r"(CATALOG|SCHEMA|TABLE|TABLE_OR_VIEW|VOLUME|METASTORE)_(DOES_NOT_EXIST|NOT_FOUND)|NoSuch(Catalog|Schema|"
        r"Table)|"
        r"NO_SUCH_(CATALOG|SCHEMA)|No metastore (is )?assigned|Unity Catalog is not enabled|"
        r"single-part namespace|(requires?|have|without) Unity Catalog( enabled)?|REQUIRES_UNITY_CATALOG|"
        r"Root storage credential|"
        r"UnityCatalogServiceException)",
        "It was never made, has another name in this target, or the workspace or the cluster sees no Unity Catalog",
        "Name it by reference (${databricks_catalogs.<entry>.name}); a cluster needs a data_security_mode",
        f"{_BRICKS}data-governance/unity-catalog/",
    ),
    Cause(
        "unity_overlaps",
        "A place in storage is taken by another location",
        r"(LOCATION_OVERLAP|overlaps with|conflicts with .{0,60}(external|managed) (location|storage)|"
        r"INVALID_STATE.{0,60}overlap)",
        "External locations, catalogs and volumes may not lie in one another",
        "Give each a folder of its own",
        f"{_BRICKS}connect/unity-catalog/cloud-storage/external-locations",
    ),
    Cause(
        "databricks_signin",
        "The sign-in to Databricks failed",
        r"(cannot configure default credentials|default auth:|Invalid access token|Token (is|has) expired|"
        r"Credential was not sent|unsupported type for this API|azure-cli: cannot get|"
        r"not (a member|part) of (this|the) workspace|does not belong to (this |the )?workspace|"
        r"User not authorized|principal .{0,60}not (found|been added) (in|to) (this |the )?workspace)",
        "The identity is no user of the workspace, or the step is not signed in to Azure",
        "Add the service principal to the workspace (its object and application id in principals), and sign in by "
        "azure-cli",
        f"{_BRICKS}dev-tools/auth/",
        _WORKSPACE,
    ),
    Cause(
        "secret_scope",
        "A secret can't be read",
        r"(Secret does not exist with scope|Scope .{0,60}does not exist|KeyVault is not available|"
        r"Invalid permissions on the specified KeyVault|SCOPE_DOES_NOT_EXIST)",
        "The scope or the secret is not there, or AzureDatabricks may not read the vault behind it",
        "Give AzureDatabricks Key Vault Secrets User on the vault, and see the secret's name in it",
        f"{_BRICKS}security/secrets/",
    ),
    Cause(
        "run_as_refused",
        "Whoever deploys may not let a job run as somebody else",
        r"(run_as\b.{0,120}(not allowed|permission|must|cannot|is not)|servicePrincipal\.user|"
        r"Service Principal User role)",
        "To set run_as takes the role Service Principal User on that principal",
        "Give the connection's principal that role on the one of run_as",
        f"{_BRICKS}admin/users-groups/service-principals",
    ),
    Cause(
        "databricks_library",
        "A library of a cluster can't be installed",
        r"(Library installation (failed|attempted)|LIBRARY_INSTALLATION_(FAILURE|ERROR)|"
        r"ManagedLibraryInstallFailed|Installation of libraries failed|failed to install .{0,40}(library|wheel))",
        "The package is on no index that the nodes reach, or excludes one that the runtime has",
        "Pin it to a version that fits the runtime; packages of your own need their host in network.package_hosts",
        f"{_BRICKS}libraries/",
    ),
    Cause(
        "databricks_driver",
        "The driver of a cluster ended",
        r"(DRIVER_(UNREACHABLE|UNRESPONSIVE|NOT_RESPONDING|ERROR)|(reach|contact) the driver|"
        r"driver (has )?(stopped|is up but is not responsive)|"
        r"Driver.{0,40}out of memory|driver.{0,20}(crashed|terminated|unexpectedly))",
        "It ran out of memory, or ended with an error of its own",
        "Take a larger driver_node_type_id, or bring less to the driver (toPandas, collect)",
        f"{_BRICKS}compute/troubleshooting",
    ),
)
# What other services say in such words, too, is looked for behind theirs.
DATABRICKS_LAST = (
    Cause(
        "databricks_exists",
        "Something of this name is there already, and no bundle knows it",
        r"(RESOURCE_ALREADY_EXISTS|(Catalog|Schema|Volume|External Location|Storage Credential|Scope|app|model|"
        r"endpoint)\b"
        r".{0,80}already exists|RESOURCE_CONFLICT)",
        "Somebody made it by hand or by another bundle; names of Unity Catalog are shared by all workspaces of a "
        "region",
        "Say existing: true, take it over with databricks bundle deployment bind, or choose another name",
        f"{_BRICKS}dev-tools/cli/bundle-commands",
    ),
    Cause(
        "databricks_missing",
        "Something that a job names is not there, or may not be seen",
        r"((Cluster|Job|Pipeline|Warehouse|Notebook|Policy|Pool|Endpoint)\b.{0,80}does not exist|"
        r"RESOURCE_DOES_NOT_EXIST|"
        r"Unable to access the notebook|NOTEBOOK_NOT_FOUND|cluster_id .{0,60}not found)",
        "It is in another workspace, was deleted, or whoever deploys has no right to see it",
        "Name it by reference, so that the bundle makes or looks it up; give the principal a permission on it",
        f"{_BRICKS}dev-tools/bundles/resources",
    ),
    Cause(
        "databricks_run_failed",
        "A task of a job failed",
        r"(Workload failed, see run output|Task .{0,60}failed with (message|the following)|RUN_EXECUTION_ERROR|"
        r"INTERNAL_ERROR.{0,40}Task|run failed with error message)",
        "The code ran and ended with an error: the run's output says which",
        "Open the run, or databricks jobs get-run-output; the last lines of the traceback name the file and line",
        f"{_BRICKS}jobs/repair-job-failures",
    ),
    Cause(
        "databricks_value",
        "Databricks does not take a value",
        r"(INVALID_PARAMETER_VALUE|MALFORMED_REQUEST|BAD_REQUEST:|INVALID_STATE|Cluster validation error|"
        r"(spark_version|node type|Node type|runtime).{0,80}(not supported|is not valid|is invalid|unsupported)|"
        r"Validation failed for .{0,60}, the value|not allowed when choosing an access mode)",
        "A field of the body, or two together, are not what the API takes; a policy may forbid it",
        "See the field that the error names; databricks bundle validate --strict finds the names, and not the values",
        f"{_BRICKS}dev-tools/bundles/reference",
    ),
    Cause(
        "databricks_rights",
        "Whoever runs this has no permission on something in Databricks",
        r"(PERMISSION_DENIED|WorkspacePermissionDenied|does not have .{0,40}permissions? on|"
        r"Only (workspace|account|metastore) admin)",
        "A cluster, policy, warehouse or folder is open to those alone whom permissions names",
        "Write permissions in the entry, or ask an administrator of the workspace",
        f"{_BRICKS}security/auth/access-control/",
    ),
)
