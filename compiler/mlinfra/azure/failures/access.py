"""Rights: who may not do what, and who is not known."""

from __future__ import annotations

from mlinfra.azure.failures.cause import ARM, ENDPOINTS, LEARN, ML, Cause

_IDENTITY_DATA = f"{ML}how-to-identity-based-service-authentication"
ACCESS = (
    Cause(
        "federation",
        "The service connection is not the one that the identity trusts",
        r"AADSTS(70021|700211|700213|7002138|70025|700024)\b|No matching federated identity record",
        "Issuer and subject of the token have to equal those of a federated credential, in the same case",
        "Run scripts/bootstrap-devops.sh again and hand its file to scripts/bootstrap.sh --federations: both "
        "print the "
        "subject that is there and the one that is due",
        "https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
        ("userAssignedIdentities",),
    ),
    Cause(
        "identity_missing",
        "A managed identity is not there, or not assigned",
        r"169\.254\.169\.254|metadata/identity/oauth2|Multiple user.assigned identities|"
        r"requested identity (has not been|isn't|is not|hasn't been) assigned|"
        r"identity .{0,60}not (been )?assigned to|"
        r"((user.assigned|managed) identit\w{1,3}\b.{0,120}(not found|does not exist|could not be found|"
        r"cannot be found|is not assigned|has been deleted)|FailedIdentityOperation|IdentityNotFound|"
        r"InvalidIdentity\w{0,40}|ManagedIdentity\w{0,30}NotFound|(No|not) .{0,20}managed identity (was )?found|"
        r"Identity not found)",
        "It was deleted or made anew, lies elsewhere, or what runs has another one",
        "Run infra.yml of the target, which makes it and assigns it; of what has existing: true, compare its id",
        "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/known-issues",
        ("userAssignedIdentities",),
    ),
    Cause(
        "sign_in",
        "The sign-in failed",
        r"Error in setting up subscription|service principal .{0,40}(expired|invalid)|Could not fetch access token|"
        r"Failed to fetch App Service|getting credentials: exec|clientID cannot be empty|"
        r"secret must be a non.?empty string|InvalidArmToken\b|"
        r"Client Credentials Grant|\bAAD\b.{0,40}(authentication|login|token|sign.?in).{0,40}(fail|error)|"
        r"Interactive authentication is needed|credentials? (have|has) (expired|not been set up)|"
        r"Username and password|No credential|Could not (log|sign) ?in|"
        r"Missing credentials to access|construct auth object|\bAuthenticationError\b|could not be authenticated|"
        r"(\b[a-z]{3,40}Credential: |"
        r"wrong audience|Run (Login|Connect)-Az\w{1,20}|(fetch|obtain|get|acquire) (an )?(access )?token\b|"
        r"No token received|refresh token has expired|not logged in|\w{3,40}Credential(\.get_token failed|"
        r": Unexpected)|"
        r"AADSTS\d{5,7}|InteractionRequired|Please run 'az login'|DefaultAzureCredential failed|"
        r"InvalidAuthenticationToken\b|ManagedIdentityCredential|EnvironmentCredential|invalid_client|invalid_grant|"
        r"Lifetime validation failed|ExpiredAuthenticationToken|AuthenticationFailed\b.{0,60}token|"
        r"access token .{0,40}(expired|invalid)|CredentialUnavailableError|"
        r"ClientAuthenticationError(?!: Server failed)|"
        r"Login failed with Error|Failed to (get|acquire|retrieve) .{0,40}token|Invalid client secret)",
        "Entra refused the sign-in: the error's number says why",
        "Look the number up in the page below; on an agent, the service connection says who signs in",
        "https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
    ),
    Cause(
        "may_not_assign_roles",
        "Whoever deploys may not give roles",
        r"Authorization failed for template resource '[^']{0,80}' of type 'Microsoft\.Authorization/roleAssignments'|"
        r"(does not have (authorization|permission) to perform action '?Microsoft\.Authorization/roleAssignment"
        r"s?/(write|delete)'?( (over|at) scope '(?P<at>[^']+)')?|roleAssignment/write)",
        "The platform gives roles to its identities, and Contributor may not",
        "Run scripts/bootstrap.sh for the target: it gives the connection the right to assign the roles of this "
        "spec, "
        "and no others; --audit says what differs",
        f"{LEARN}role-based-access-control/troubleshooting",
        ("roleAssignments",),
    ),
    Cause(
        "linked_scope",
        "Whoever deploys may not use a resource that this one refers to",
        r"not authorized to access linked subscription|"
        r"(LinkedAuthorizationFailed|on the linked scope)(?=(.{0,800}?linked scope\(s\) '(?P<at>/[^']+)')?)",
        "A resource names another one (an identity, a subnet, a workspace of logs), and needs a right on it as well",
        "Give the connection that right on the other resource: the README of the output lists it, in the "
        "hand-over of "
        "its owner",
        f"{LEARN}role-based-access-control/troubleshooting",
        ("userAssignedIdentities", "subnets"),
    ),
    Cause(
        "registry_pull",
        "An identity may not pull images from the registry",
        r"AggregatedUnauthorizedAccessError|authenticate with the (Docker|container) registry|"
        r"(does not have pull permission on the registry|AcrRefreshTokenRetrievalError|ACRTokenExchange\w+|"
        r"azurecr\.io.{0,300}(\(Unauthorized\)|status:? 401|401 \(|401 Unauthorized|status=401)|"
        r"unauthorized: authentication required|Image pull failed|ImagePullFailed|FailedPullingImage|"
        r"Unable to download user container image|"
        r"image.{0,160}is not accessible\. Please check the image and registry|does not have AcrPull)",
        "Who runs the container pulls its image with an identity, which needs AcrPull on the registry; a role "
        "takes up "
        "to ten minutes to be known",
        "See that infra.yml deployed the role (role_assignments of the identity on the registry), wait some minutes "
        "after it did, and run the step again; admin_user stays off",
        f"{ENDPOINTS}#container-registry-authorization-error",
        ("registries", "onlineEndpoints", "computes"),
    ),
    Cause(
        "model_download",
        "The endpoint can't fetch the model",
        r"(Model download failed|Unable to download user model|DownloadFailed|model-mount log|"
        r"StorageManifestError|ModelManifest\w{1,60}NotFound)",
        "The identity of the endpoint reads the model from the workspace's storage, and needs Storage Blob Data "
        "Reader "
        "there; or the account turns it away; or the model's files are gone",
        "See the roles of the endpoint's identity on the storage account, then "
        "az ml online-deployment get-logs --container storage-initializer",
        f"{ENDPOINTS}#unable-to-download-user-model",
        ("onlineEndpoints/deployments", "onlineEndpoints", "storageAccounts"),
    ),
    Cause(
        "startup_rights",
        "The endpoint may not read what it starts with",
        r"(Startup task failed due to (an )?(authorization error|incorrect role assignments)|"
        r"Authorization error.{0,80}user (image|container|model)|ImagePullUnauthorized)",
        "The identity of the endpoint pulls the image and mounts the model; it lacks a role on the registry or the "
        "storage account",
        "Deploy infra.yml of the target, which gives both, wait some minutes, and release again",
        f"{ENDPOINTS}#authorization-error",
        ("onlineEndpoints",),
    ),
    Cause(
        "storage_keys_off",
        "Something signs in to storage with a key, and keys are off",
        r"(KeyBasedAuthenticationNotPermitted|Key based authentication is not permitted)",
        "The account takes Entra alone, and the caller used an account key or a SAS made of one: a datastore with "
        "credentials, a workspace whose own datastores use keys, or a tool",
        "Leave credentials out of the datastore; the workspace's system_datastores_auth_mode is identity; of a tool, "
        "sign in (--auth-mode login)",
        f"{ML}how-to-disable-local-auth-storage",
        ("storageAccounts", "datastores"),
    ),
    Cause(
        "data_read",
        "An identity may not read or write the data",
        r"(StreamAccess\.Authentication|do not have the required permissions needed to perform this operation|"
        r"WriteStreams\.Authentication|AuthorizationPermissionMismatch|"
        r"not authorized to perform this operation using this permission|"
        r"Please make sure the compute or login identity has|PermissionDenied\(|DataAccessError\(PermissionDenied|"
        r"StorageAuthError|permission to alter this storage account|"
        r"don't have permission to alter this storage account|Storage Blob Data (Reader|Contributor) roles?|"
        r"Permission denied while trying to (read|write))",
        "Data is read as the identity of the compute, or as the person who submits; it needs a data role on the "
        "container, which Owner and Contributor are not",
        "See which data the job names: mlinfra derives the role of its compute from inputs and outputs; a person "
        "is a "
        "principal with a role; a role takes up to ten minutes",
        _IDENTITY_DATA,
        ("datastores", "storageAccounts", "computes"),
    ),
    Cause(
        "vault_rights",
        "An identity may not use the key vault",
        r"does not have \w{2,12} \w{2,12} permission on key vault|datastore'?s secret is not found|"
        r"(KeyVault\w{0,20}(Unauthorized|Forbidden|AccessDenied)|"
        r"ForbiddenByRbac|ForbiddenByPolicy|"
        r"does not have secrets (get|list|set) permission on key vault '?(?P<at>[\w-]+)|"
        r"Caller is not authorized to perform action on resource)",
        "The vault is opened by roles, and the caller has none that fits: Key Vault Secrets User reads secrets",
        "Add the role in role_assignments, or write who needs the secret so that it is derived; a role takes up "
        "to ten "
        "minutes",
        f"{LEARN}key-vault/general/rbac-guide",
        ("vaults",),
    ),
    Cause(
        "role_condition",
        "The connection may not assign this role",
        r"(ABAC condition|condition (that )?(is|was|are) not (fulfilled|met|satisfied)|"
        r"RoleAssignmentCondition\w{0,40}|does not meet the condition)",
        "Its right to assign roles holds for the roles of the spec alone, and this one came later",
        "Run scripts/bootstrap.sh for the target again: it adds the roles that the spec has now",
        f"{LEARN}role-based-access-control/delegate-role-assignments-overview",
        ("roleAssignments",),
    ),
    Cause(
        "deny_assignment",
        "Somebody else owns the group, and denies changes in it",
        r"((?<!Stack)DenyAssignment\w{0,40}|deny assignment)",
        "A managed group (of Databricks, of a workspace or registry) is kept by its service: nobody else "
        "changes what lies in it",
        "Change it through the resource that owns the group; diagnostics, locks and roles of ours do not go there",
        f"{LEARN}role-based-access-control/deny-assignments",
    ),
    Cause(
        "role_missing",
        "The role is not there",
        r"(RoleDefinitionDoesNotExist|role definition\b.{0,120}(does not exist|not found|cannot be found)|"
        r"Role '[^']{1,80}' (doesn't|does not) exist|RoleDefinitionNotFound|InvalidRoleDefinition\w{0,20})",
        "A role of one's own is known in the scopes that it lists; or its id or name is another one "
        "(directory roles are no roles of Azure)",
        "az role definition list --name <name> --scope <scope> shows it; write the id of one that is there",
        f"{LEARN}role-based-access-control/built-in-roles",
        ("roleAssignments",),
    ),
    Cause(
        "principal_unknown",
        "A principal is not known to Entra yet, or never was",
        r"PrincipalNotFound|does not exist in the directory",
        "An identity that was made seconds ago is not known everywhere; or the object id is of another tenant, or of "
        "something that was deleted",
        "Deploy again in some minutes; where the id is written (principals), compare it: az ad user show, az ad "
        "group "
        "show, az ad sp show",
        f"{LEARN}role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails",
        ("roleAssignments", "userAssignedIdentities"),
    ),
    Cause(
        "ml_registry",
        "The Azure ML registry is not open to whoever asks",
        r"(not allowed to access (the )?registry|UnAuthorizedRegistryAccess|registries/(read|write|assets)\S{0,40}'? "
        r"over scope)",
        "A registry has roles of its own: AzureML Registry User reads and writes assets in it",
        "Write the registry in registry: of the asset, so that the role is derived; of a registry of others, ask its "
        "owner for the role",
        f"{ML}how-to-manage-registries",
        ("Microsoft.MachineLearningServices/registries",),
    ),
    Cause(
        "no_right",
        "Whoever runs the step lacks a right",
        r"Authorization failed for template resource|"
        r"(AuthorizationFailed\b.{0,400}?over scope '(?P<at>[^']+)'|"
        r"does not have (authorization|permission) to perform action '(?P<action>[^']+)'( (over|at) scope "
        r"'(?P<place>[^']+)')?|AuthorizationFailed\b|InsufficientPrivileges|Insufficient privileges)",
        "The error names the action and the scope; each service connection has the rights of its steps and no others",
        "scripts/bootstrap.sh --target <target> --audit says what the connection lacks; the README of the output "
        "lists "
        "what each needs",
        f"{LEARN}role-based-access-control/troubleshooting",
    ),
    Cause(
        "policy",
        "A policy of the company refuses it",
        r"(RequestDisallowedByPolicy|is disallowed by (one or more )?polic(y|ies)|"
        r"Resource '(?P<at>[^']+)' was disallowed by policy|was disallowed by policy|"
        r"PolicyViolation)",
        "An Azure Policy of the subscription denies a property, a type, a region or a missing tag: the error "
        "names the "
        "policy",
        "Write what the policy asks for (tags, location, properties of the entry), or ask its owner for an exemption",
        f"{ARM}error-policy-requestdisallowedbypolicy",
    ),
    Cause(
        "locked",
        "A lock keeps it from being changed or deleted",
        r"(ScopeLocked|scope\(s\) are locked|because following scope\(s\) '(?P<at>[^']+)' (are|is) locked)",
        "A lock stands on the resource or above it; CanNotDelete also refuses what deletes something inside",
        "Lift the lock for as long as it takes (who may: Owner), or leave derived.<address>.lock out with a reason",
        f"{LEARN}azure-resource-manager/management/lock-resources",
        ("locks",),
    ),
)
