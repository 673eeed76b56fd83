"""Databricks: bundles that are refused, Unity Catalog, clusters that do not start, runs that fail."""

from __future__ import annotations

from mlinfra.azure.failures.cause import LEARN, Cause

_BRICKS = f"{LEARN}databricks/"
_WORKSPACE = ("Microsoft.Databricks/workspaces",)
DATABRICKS = (
    Cause(
        "quota_of_machines",
        "Quota is too small for the machines of a cluster",
        r"(AZURE_QUOTA_EXCEEDED|Reason: Cloud Provider Limit|azure.error.code:? ?\"?(OperationNotAllowed|"
        r"QuotaExceeded)|"
        r"Cloud Provider Launch Failure.{0,400}quota)",
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
        r"Cloud Provider Resource Stockout)",
        "The region has none left of this size",
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
        r"dial tcp(?!.{0,200}no such host).{0,80}azuredatabricks)",
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
        "Wait until the other one ended; where none runs, scripts/deploy-bundles.sh once with --force-lock, by hand",
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
        r"(does not have (USE|CREATE|SELECT|MODIFY|READ|WRITE|MANAGE|EXECUTE|BROWSE|"
        r"ALL PRIVILEGES)\b(?! permissions on url)|"
        r"does not have .{0,60} on (Metastore|Catalog|Schema|Table|Volume|External Location|Storage Credential|"
        r"Function|"
        r"Registered Model|Connection|Routine|View)\b|UnauthorizedAccessException|InsufficientPermissionsError|"
        r"INSUFFICIENT_(PERMISSIONS|"
        r"PRIVILEGES)|"
        r"Insufficient privileges:|(requires|missing|lacks?) .{0,20}(USE|CREATE|SELECT|MODIFY|READ|WRITE|MANAGE|"
        r"EXECUTE)[ _]"
        r"(CATALOG|SCHEMA|TABLE|VOLUME|FILES|MODEL|FUNCTION|EXTERNAL))",
        "Each level asks for its own: USE CATALOG, USE SCHEMA, and what is done with the thing; to make a catalog "
        "or a "
        "location takes a right on the metastore",
        "Write grants in the entry; for CREATE CATALOG and CREATE EXTERNAL LOCATION ask an administrator of the "
        "metastore",
        f"{_BRICKS}data-governance/unity-catalog/manage-privileges/privileges",
    ),
    Cause(
        "unity_missing",
        "A catalog, schema or table is not there",
        r"(Storage Credential|External Location|Metastore(?! storage root)|Connection|Function|Share) "
        r".{0,80}(does not exist|not found)|"
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
        r"(LOCATION_OVERLAP|(?<!range )(?<!prefix )(?<!space )overlaps with|conflicts with .{0,60}(external|"
        r"managed) (location|storage)|"
        r"INVALID_STATE.{0,60}overlap)",
        "External locations, catalogs and volumes may not lie in one another",
        "Give each a folder of its own",
        f"{_BRICKS}connect/unity-catalog/cloud-storage/external-locations",
    ),
    Cause(
        "unity_external",
        "Unity Catalog gives no access to what runs outside of Databricks",
        r"credentials? from Unity ?Catalog|temporary-(table|path|model|volume)\S{0,20}-credentials|"
        r"(outside of Databricks Unity Catalog|GENERATE_PATH_CREDENTIALS_DENIED|EXTERNAL[_ ](USE|"
        r"ACCESS)[_ ]\w{0,40}|external data access.{0,40}(not enabled|disabled)|UNITY_CATALOG_EXTERNAL_\w{1,60})",
        "The metastore lets engines of others in once an administrator allowed it, and whoever they have "
        "EXTERNAL USE SCHEMA",
        "Run it on a cluster of the workspace; or let an administrator of the metastore allow external "
        "access, and write the grant",
        f"{_BRICKS}external-access/admin",
    ),
    Cause(
        "bundle_engine",
        "The engine of bundles can't be had",
        r"((obtain|instantiate|query available|install) provider|Could not load plugin|"
        r"error downloading Terraform|terraform (init|binary)|registry\.terraform\.io.{0,200}(unavailable|"
        r"could not|failed|timeout)|state lineage|unsupported (state|engine))",
        "The CLI fetches Terraform and its provider from the internet, or finds the state of another engine or version",
        "Let the agent reach registry.terraform.io and releases.hashicorp.com, or use the locked CLI, whose "
        "engine is direct; keep one version for a target",
        f"{_BRICKS}dev-tools/bundles/direct",
    ),
    Cause(
        "databricks_signin",
        "The sign-in to Databricks failed",
        r"reconfigure with dbfs|authentication information may be incorrect|"
        r"(cannot configure default credentials|(default|oidc|cli|pat|basic|msi|secret) auth:|"
        r"failed during request visitor(?!: parse)(?!.{0,200}no such host)|Invalid access token|(?<!refresh )Token "
        r"(is|has) expired|"
        r"host is not configured|"
        r"Credential was not sent|"
        r"unsupported type for this API|azure-cli: cannot get|not (a member|part) of (this|the) workspace|"
        r"does not belong to (this |the )?workspace|User not authorized|principal .{0,60}not (found|"
        r"been added) (in|to) (this |the )?workspace|Unauthorized access to (workspace|Org)|"
        r"databricks.{0,300}(\b401\b|\(401\) Unauthorized)|(\b401\b|\(401\) Unauthorized).{0,300}databricks|"
        r"HTTP/\d\.\d 403.{0,120}text/html)",
        "The identity is no user of the workspace, or the step is not signed in to Azure",
        "Add the service principal to the workspace (its object and application id in principals), and sign in by "
        "azure-cli",
        f"{_BRICKS}dev-tools/auth/",
        _WORKSPACE,
    ),
    Cause(
        "secret_scope",
        "A secret can't be read",
        r"(Secret does not exist with scope|userAADToken|Databricks service principal to KeyVault|"
        r"SECRET_RESOLUTION_ERROR|Secret resolution error|"
        r"Failed to fetch secrets|Scope .{0,60}does not exist|KeyVault is not available|"
        r"Invalid permissions on the specified KeyVault|SCOPE_DOES_NOT_EXIST)",
        "The scope or the secret is not there, or AzureDatabricks may not read the vault behind it",
        "Give AzureDatabricks Key Vault Secrets User on the vault, and see the secret's name in it",
        f"{_BRICKS}security/secrets/",
    ),
    Cause(
        "run_as_refused",
        "Whoever deploys may not let a job run as somebody else",
        r"(different|differs?) from the (bundle'?s )?run_as|run_as identity|"
        r"(run_as\b.{0,120}(not allowed|permission|must|cannot|is not)|permission to set run_as|servicePrincipal\.user|"
        r"Service Principal User role)",
        "To set run_as takes the role Service Principal User on that principal",
        "Give the connection's principal that role on the one of run_as",
        f"{_BRICKS}admin/users-groups/service-principals",
    ),
    Cause(
        "databricks_library",
        "A library of a cluster can't be installed",
        r"(no library found for|\.(whl|jar)\b.{0,60}(not found|does not exist|cannot be found)|(not found|"
        r"no such file).{0,60}\.whl|"
        r"Library installation (failed|attempted)(?!.{0,160}permissions? (are|is) required)|"
        r"LIBRARY_INSTALLATION_(FAILURE|ERROR)|"
        r"ManagedLibraryInstallFailed|Installation of libraries failed|failed to install .{0,40}(library|wheel))",
        "The package is on no index that the nodes reach, or excludes one that the runtime has",
        "Pin it to a version that fits the runtime; packages of your own need their host in network.package_hosts",
        f"{_BRICKS}libraries/",
    ),
    Cause(
        "databricks_driver",
        "The driver of a cluster ended",
        r"\bDriver (is )?down\b|driver .{0,20}(died|was lost)|"
        r"(DRIVER_(UNREACHABLE|UNRESPONSIVE|NOT_RESPONDING|ERROR)|(reach|contact) the driver|"
        r"driver (has )?(stopped|is up but is not responsive)|"
        r"Driver.{0,40}out of memory|driver.{0,20}(crashed|terminated|unexpectedly))",
        "It ran out of memory, or ended with an error of its own",
        "Take a larger driver_node_type_id, or bring less to the driver (toPandas, collect)",
        f"{_BRICKS}compute/troubleshooting",
    ),
    Cause(
        "managed_group",
        "The managed group of a Databricks workspace is somebody else's",
        r"(doesn't have managed by property|(ManagedResourceGroup|ApplicationManagedResourceGroup)\w{0,40}(Exists|"
        r"NotFound|Invalid|InUse)|managed resource group\b.{0,120}(already exists|is already managed|"
        r"must not exist|doesn't have))",
        "Databricks makes its managed group itself, and takes none that is there",
        "Delete that group, or give managed_resource_group another name before the workspace is made",
        "https://learn.microsoft.com/azure/templates/microsoft.databricks/workspaces",
        ("Microsoft.Databricks/workspaces",),
    ),
    Cause(
        "catalog_storage",
        "A catalog has no storage to lie in",
        r"(Metastore storage root URL does not exist|provide a storage location for the catalog|(metastore|"
        r"catalog|schema)\b.{0,80}(has no|without|missing|no) (a )?(managed |root )?(storage|location)|"
        r"METASTORE_ROOT_STORAGE\w{0,40})",
        "The metastore has no storage of its own, so each catalog names one",
        "Write storage_root of the catalog: a path of an external location that the spec has",
        f"{_BRICKS}catalogs/create-catalog",
    ),
    Cause(
        "unity_storage",
        "Unity Catalog does not reach the storage",
        r"(Failed to access cloud storage|Storage Credential .{0,60}is not configured|from cloud storage provider|"
        r"AbfsRestOperationException|(AZURE|CLOUD)_STORAGE_\w{0,40}(DENIED|ERROR|"
        r"FORBIDDEN|ACCESS)|storage credential.{0,120}(validation failed|not (able|authorized)|cannot access|"
        r"does not have)|access connector\b.{0,120}(not found|does not|no permission|not authorized)|"
        r"contributor role on the storage account|Managed Identity does not have|"
        r"AZURE_INVALID_STORAGE_CREDENTIAL\w{0,30}|"
        r"UNAUTHORIZED_ACCESS.{0,120}abfss)",
        "The access connector of the credential lacks a data role on the account, or the account's firewall "
        "does not let it in",
        "Give its identity Storage Blob Data Contributor on the container (the spec derives it for accounts "
        "of its own), and name the connector among the resources that may pass the firewall",
        f"{_BRICKS}connect/unity-catalog/cloud-storage/azure-managed-identities",
        (
            "accessConnectors",
            "storageAccounts",
        ),
    ),
    Cause(
        "unity_not_empty",
        "Something still lies in a catalog, schema or location",
        r"((Catalog|Schema|Metastore|External location|Storage credential)\b.{0,100}(is not empty|"
        r"has (\d+ )?dependent|not empty|still (has|contains))|(CATALOG|SCHEMA|METASTORE)_NOT_EMPTY|"
        r"use (the )?force( option)? to delete)",
        "What holds tables, volumes or locations is not deleted before them",
        "Move or drop what is in it first; mlinfra diff says what a removal would lose",
        f"{_BRICKS}catalogs/manage-catalog",
    ),
    Cause(
        "databricks_feature_off",
        "The workspace does not have this feature switched on",
        r"(FEATURE_DISABLED|(Serverless|Feature|Model serving|Vector search|Git folders?|Apps?)\b.{0,120}(is |"
        r"are )?not (enabled|available|supported) (in|for|on) (the|this|your) (workspace|region|account)|"
        r"One of job_cluster_key, new_cluster, or existing_cluster_id must be specified|"
        r"preview .{0,60}not enrolled)",
        "An administrator switches serverless, serving and previews on, and not every region has them",
        "Name a cluster for the task (job_clusters), or let an administrator switch it on (Settings, Previews"
        " and Compute)",
        f"{_BRICKS}admin/workspace-settings/",
        ("Microsoft.Databricks/workspaces",),
    ),
    Cause(
        "databricks_limit",
        "A limit of Databricks is reached",
        r"(sdk\.errors\S{0,20}\.(ResourceExhausted|RequestLimitExceeded)|RESOURCE_(EXHAUSTED|LIMIT_EXCEEDED)|"
        r"QUOTA_EXCEEDED|REQUEST_LIMIT_EXCEEDED|MAX_\w{1,40}_EXCEEDED|"
        r"(maximum|max) (number|limit) of .{0,60}(jobs|clusters|runs|tables|catalogs|schemas|endpoints|"
        r"concurrent)|concurrent runs? .{0,60}(limit|exceeded|reached))",
        "Workspaces and metastores hold so many of each, and take so many calls",
        "Take away what nothing uses, lower max_concurrent_runs, or ask Databricks for more",
        f"{_BRICKS}resources/limits",
        ("Microsoft.Databricks/workspaces",),
    ),
    Cause(
        "bundle_config",
        "The bundle is not one that Databricks takes",
        r"(databricks|bundle|normalization|pid=\d{1,8}\b).{0,120}unknown field|invalid value .{1,80} for enum field|"
        r"unknown field: .{0,160}(databricks|bundle|pid=)|"
        r"(expected (a|an) (map|sequence|string|bool|int)\w{0,10}, found|notebook \S{1,200} not found|"
        r"no such file: \S{1,200}\.(py|ipynb|sql)|"
        r"no value assigned to required variable|\"?https?://\$\{(var|bundle|workspace)\.|failed to (load|parse|"
        r"resolve) .{0,120}(databricks\.ya?ml|"
        r"bundle|variable)|(interpolat|reference)\w{0,10}.{0,80}(does not exist|cannot be resolved|not found in)|"
        r"bundle root not found|unable to locate bundle root|no such target|artifact section is undefined|"
        r"cannot resolve \S{0,80}\$\{)",
        "A variable or reference has no value in this target, or the command ran in another folder",
        "Run the script of the output (deploy-bundles.sh) from the root of the repository, with the target it knows",
        f"{_BRICKS}dev-tools/bundles/variables",
    ),
)
# What other services say in such words, too, is looked for behind theirs.
DATABRICKS_LAST = (
    Cause(
        "databricks_exists",
        "Something of this name is there already, and no bundle knows it",
        r"(\b[A-Z_]{3,40}_ALREADY_EXISTS|sdk\.errors\S{0,20}\.(Resource)?AlreadyExists|\bALREADY_EXISTS\b|"
        r"(Catalog|Schema|Volume|External Location|"
        r"Storage Credential|Scope|app|model|endpoint)\b.{0,80}already exists|RESOURCE_CONFLICT)",
        "Somebody made it by hand or by another bundle; names of Unity Catalog are shared by all workspaces of a "
        "region",
        "Say existing: true, take it over with databricks bundle deployment bind, or choose another name",
        f"{_BRICKS}dev-tools/cli/bundle-commands",
    ),
    Cause(
        "databricks_principal",
        "A principal is not known to Databricks",
        r"(Principal: \w{1,40}Name\(|PRINCIPAL_DOES_NOT_EXIST|Could not find principal|(user|"
        r"(?<!resource )(?<!security )(?<!variable )group|"
        r"service principal|principal)\b.{0,100}(does not exist|not found|cannot be found|could not be found)|"
        r"SCIM.{0,60}(not found|does not exist))",
        "Permissions and grants name users by mail, groups by name, service principals by application id, and"
        " each has to be in the account and the workspace",
        "Add it to the workspace, or correct the name: a group of Entra is known once it is synchronized",
        f"{_BRICKS}admin/users-groups/",
        ("Microsoft.Databricks/workspaces",),
    ),
    Cause(
        "databricks_missing",
        "Something that a job names is not there, or may not be seen",
        r"(sdk\.errors\S{0,20}\.(NotFound|ResourceDoesNotExist)|(Cluster|Job|Pipeline|Warehouse|Notebook|Policy|"
        r"Error: Run|Pool|Endpoint)\b.{0,80}does not exist|"
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
        r"did not contain any signature metadata|must be logged with a model signature|"
        r"environment is required for serverless|task environment can ?not|"
        r"(policy validation (failed|error)|is not allowed on (catalog|schema|table|volume|metastore|external)|"
        r"is not (eligible|applicable) for|"
        r"INVALID_PARAMETER_VALUE(?!.{0,900}ComponentName\W{1,6}mlflow)|sdk\.errors\S{0,20}\.(InvalidParameterValue|BadRequest|InvalidState)|"
        r"MALFORMED_REQUEST|BAD_REQUEST:|INVALID_STATE|Cluster validation error|"
        r"(spark_version|node type|Node type|runtime).{0,80}(not supported|is not valid|is invalid|unsupported)|"
        r"Validation failed for .{0,60}, the value|not allowed when choosing an access mode)",
        "A field of the body, or two together, are not what the API takes; a policy may forbid it",
        "See the field that the error names; databricks bundle validate --strict finds the names, and not the values",
        f"{_BRICKS}dev-tools/bundles/reference",
    ),
    Cause(
        "databricks_rights",
        "Whoever runs this has no permission on something in Databricks",
        r"permissions? (are|is) required to (install|run|attach|view|edit|manage|use)|"
        r"(PERMISSION_DENIED|sdk\.errors\S{0,20}\.PermissionDenied|WorkspacePermissionDenied|"
        r"does not have .{0,40}permissions? on|"
        r"Only (workspace|account|metastore) admin)",
        "A cluster, policy, warehouse or folder is open to those alone whom permissions names",
        "Write permissions in the entry, or ask an administrator of the workspace",
        f"{_BRICKS}security/auth/access-control/",
    ),
)
