"""Deployments of Resource Manager: what holds for every kind of resource."""

from __future__ import annotations

from mlinfra.azure.failures.cause import ARM, LEARN, Cause

SUBSCRIPTIONS = (
    Cause(
        "subscription",
        "The subscription is not there for whoever runs this, or is switched off",
        r"(SubscriptionNotFound|(ReadOnly)?DisabledSubscription|SubscriptionDisabled|"
        r"No subscriptions? found|subscription of '[^']*' doesn't exist in cloud|"
        r"subscription:? ?'?[\w-]{0,60}'? (could not be found|does not exist|is disabled|was not found|not enabled)|"
        r"subscription.{0,60}spending limit|InvalidAuthenticationTokenTenant|CrossTenant\w*NotPermitted|"
        r"not in the same tenant)",
        "The id is another one, belongs to another tenant, the identity has no role in it yet, or it is disabled",
        "Compare subscription of the target with az account list; scripts/bootstrap.sh gives the connection "
        "its roles there",
        f"{ARM}common-deployment-errors",
    ),
    Cause(
        "provider",
        "A resource provider is not registered in the subscription",
        r"is not registered for the resource type|re-register for this provider|"
        r"(MissingSubscriptionRegistration|not registered to use (namespace )?'?(?P<at>[\w.]+)|"
        r"NoRegisteredProviderFound|SubscriptionNotRegistered\b|InvalidSubscriptionRegistrationState|"
        r"resource provider\b.{0,80}not registered|provider must be registered)",
        "A subscription knows a service only once its provider is registered",
        "Run scripts/bootstrap.sh for the target, which registers all that the platform needs; or "
        "az provider register --namespace <namespace>",
        f"{ARM}error-register-resource-provider",
    ),
)
DEPLOYMENTS = (
    Cause(
        "diagnostics_taken",
        "Another diagnostic setting sends the same logs to the same place",
        r"((for Resource \"(?P<at>[^\"]+)\".{0,200})?Data sink '[^']+' is already used in diagnostic set|"
        r"Data sinks can't be reused in different settings)",
        "A resource sends a category to a workspace of logs once; a policy or a person made a setting of another name",
        "Delete the other one (az monitor diagnostic-settings list --resource <id>), or leave ours out in derived",
        f"{LEARN}azure-monitor/essentials/diagnostic-settings",
        ("diagnosticSettings",),
    ),
    Cause(
        "diagnostics_category",
        "A diagnostic setting names a category that the resource does not have",
        r"categor(y|ies|y ?groups?):? '[^']{1,80}' (is|are) not supported|"
        r"(Metric|Log)? ?category '(?P<at>[^']+)' is not supported|Category '[^']+' is not supported",
        "Each type of resource has categories of its own",
        "az monitor diagnostic-settings categories list --resource <id> lists them",
        f"{LEARN}azure-monitor/reference/supported-logs/logs-index",
        ("diagnosticSettings",),
    ),
    Cause(
        "stack_failed",
        "A deployment stack did not do all that it has to",
        r"deploymentStack\b.{0,60}fail|(DeploymentStack\w{1,60}|stages? of deploymentStack|"
        r"resources? could not be deleted\. See)",
        "A stack also deletes what left the template, and sets who is denied changes: one of these was refused",
        "Look at the stack (az stack group show): detachedResources and failedResources; take away what keeps them "
        "(a lock, a user of it), and deploy again",
        f"{LEARN}azure-resource-manager/bicep/deployment-stacks",
    ),
    Cause(
        "other_region",
        "It exists in another region",
        r"(must|should|need to|has to|have to) be in the same (region|location)|(is|are) in (a )?different (region|"
        r"location)s?|"
        r"(InvalidDeploymentLocation|InvalidResourceLocation|already exists in location)",
        "A resource can't move to another region, and a deployment of a name stays in its own",
        "Keep location as it was; or give the entry another name, and move its data",
        f"{ARM}error-invalid-template",
    ),
    Cause(
        "not_changeable",
        "A property is set once, when the resource is made",
        r"\bCannotChange\w{4,60}|"
        r"(\w{3,40}(Downgrade|Upgrade)NotAllowed|"
        r"ChangeNotAllowed|UpdateNotAllowed|CannotBe(Changed|Updated|Modified)\b|NotAllowedToChange|"
        r"(cannot|can't|can not) be (changed|updated|modified|set to false)\b|Updating \w{1,40} is not allowed|"
        r"(does not|doesn't) (support|allow) (updating|changing|modif)|"
        r"is not allowed to be (changed|updated)|ImmutableProperty|Changing property)",
        "Azure does not change this property of a resource that is there",
        "Keep it as it was, or make the resource anew under another name",
        f"{ARM}common-deployment-errors",
    ),
    Cause(
        "resource_missing",
        "A resource that is referred to is not there",
        r"(\bresource\b[^.]{0,500}(was not found|does not exist|doesn't exist)|(cannot|can't|could not|"
        r"unable to) (find|locate|get) (the |an? )?(\w{1,30} )?(workspace|account|vault|registry|cluster)\b|"
        r"Invalid\w{0,20}ResourceReference|"
        r"ParentResourceNotFound|ResourceNotFound\b|(StorageAccount|Vault|Workspace|Subnet|VirtualNetwork|"
        r"Registry|PrivateDnsZone)NotFound|ResourceGroupNotFound|Resource '(?P<at>[^']+)'.{0,80}was not found|"
        r"ReferencedResourceNotFound|InvalidResourceReference|\b[a-z]{4,40}NotFound\b)",
        "It was not deployed yet, was deleted, or an existing one is named that is somewhere else",
        "Run infra.yml of the target; of what has existing: true, compare azure_name, resource_group and subscription",
        f"{ARM}error-not-found",
    ),
    Cause(
        "template",
        "The template is not one that Azure takes",
        r"Deployment template validation failed|is defined multiple times in a template|(evaluating expression|"
        r"template (function|parameter|variable) .{0,80}(not valid|not found|is invalid)|"
        r"CircularDependenc\w{1,3}|MismatchingResourceSegments|TooManyTargetResourceGroups|"
        r"InvalidTemplate\b|InvalidRequestContent|InvalidContentLink|template language expression|"
        r"DeploymentOutputEvaluationFailed|has one or more invalid parameters|"
        r"InvalidSubscriptionId|is malformed or invalid|InvalidResourceReference|LinkedInvalidPropertyId)",
        "A value written under properties: or in an override has no meaning to Azure",
        "See the property that the error names; mlinfra verify judges the same files without Azure",
        f"{ARM}error-invalid-template",
    ),
    Cause(
        "body",
        "The Azure ML client does not take the body",
        r"Must be valid JSON or YAML|binding string|Unknown (compute|job|asset|deployment|data|input|output) type|"
        r"No value for given attribute|"
        r"(Validation for \w+ failed|Error: Met error while (loading|parsing)|ValidationException|"
        r"YamlFileReader\w*Error|does not contain a \"?\$schema|Argument '\w+' exceeded|\"Unknown field\.\"|"
        r"Invalid input type\.|['\"]Not a valid (string|integer|boolean|number)|not a data binding string|"
        r"In order to specify an existing|when parsing asset|as arm id\b|Version must be provided|"
        r"\{['\"]\w{1,40}['\"]: \[['\"][A-Z]|Value .{1,80} passed is not in set)",
        "A field of the file has a value, or a name, that its class does not have",
        "See the field that the error names; mlinfra validate judges bodies by the schema of the locked client, so "
        "another version of the ml extension is installed, or the file is not ours",
        f"{LEARN}machine-learning/reference-yaml-overview",
    ),
    Cause(
        "throttled",
        "Azure was asked too often",
        r"(Server ?(is )?Busy\b|secondary rate limit|API rate limit exceeded|TF400733|"
        r"over the account limit|number of '?\w{4,6}'? requests .{0,60}exceed|TooManyRequests|\b429\b|"
        r"SubscriptionRequestsThrottled|request rate is large)",
        "A subscription has a limit of requests a minute",
        "Run the step again in some minutes",
        f"{LEARN}azure-resource-manager/management/request-limits-and-throttling",
    ),
    Cause(
        "api_version",
        "Azure does not know this API version, or type, here",
        r"invalid api version|api-version query parameter|"
        r"(InvalidResourceType\b|InvalidResourceNamespace|could not be found in the namespace|"
        r"(Invalid|Missing)ApiVersion\w*|UnsupportedApiVersion|No registered resource provider found for location|"
        r"api.version '?[\w-]+'? (is|was) (invalid|not))",
        "A type is known in some clouds and regions alone, or this version of its API is retired",
        "Compile with the current release, which has newer versions; or take another region: az provider show"
        " --namespace <namespace> lists what it has where",
        f"{ARM}error-register-resource-provider",
    ),
    Cause(
        "region_lacks",
        "The region does not have this, or takes nobody new",
        r"restricted in this region|ProvisioningDisabled|(LocationNotAvailableFor\w+|RegionDoesNotAllowProvisioning|"
        r"RequestDisallowedByAzure|"
        r"MissingRegistrationForLocation|provided location '(?P<at>[^']+)' is not available|"
        r"RedundancyConfigurationNotAvailable\w*|LocationRequired|(not (available|supported|offered)|unavailable|"
        r"unsupported) in (the |this |your )?(selected )?(region|location)|(region|"
        r"location)\b.{0,40}(is not (available|supported)|does not support)|FeatureNotSupportedInRegion)",
        "Types, sizes, zones and kinds of copies are not offered everywhere, and some regions are closed to "
        "new customers",
        "Write another location (of the entry, or of the target); az provider show --namespace <namespace> "
        "lists the regions of each type",
        f"{ARM}error-region-access-policy",
    ),
    Cause(
        "feature_off",
        "A preview or feature is not registered in the subscription",
        r"is not registered to (create|have) |QuotaId/Feature required|SpecialFeatureOrQuotaId\w{1,20}|"
        r"(FeatureNot(Enabled|Registered)|SubscriptionNotRegisteredForFeature|AllowBringYourOwn\w+|"
        r"(is )?not (registered|enabled|allowed) for (the |this )?feature|"
        r"feature '?Microsoft\.[\w./]{3,80}'? is not (enabled|registered)|feature .{0,80}(is )?not (enabled|"
        r"registered) for|az feature register)",
        "Azure gives some features to subscriptions that asked for them alone",
        "az feature register --namespace <namespace> --name <feature>, wait until it says Registered, then az"
        " provider register --namespace <namespace>",
        f"{LEARN}azure-resource-manager/management/preview-features",
    ),
    Cause(
        "in_use",
        "Something else uses it",
        r"(\b[a-z]{3,30}(InUse|HasAssignments)\b|has traffic (allocated|assigned)|CannotDeletePeering|"
        r"InUse\w{0,40}Cannot|(cannot|can't) be (deleted|changed|updated|removed|modified)\b.{0,400}?(is |"
        r"are )?(in use|being used|used by)|(is|are) (still |currently )?(in use|being used|used) by\b|"
        r"CannotDelete\w{1,40}(InUse|WithActive\w*|Has\w+)|CannotDeleteResource|ChangeWhen\w{1,40}Used|"
        r"ResourceInUse\b|has (active|dependent|child|nested) (resources|connections|deployments)|NestedResources|"
        r"nested resources exist|still allocated to resource)",
        "Azure does not take away or change what another resource stands on; a list in a template that leaves"
        " one out asks for its deletion",
        "Take away what the error names as user first; write what is there and is to stay into the spec, too "
        "(a subnet that somebody else made)",
        f"{ARM}common-deployment-errors",
        (
            "subnets",
            "networkSecurityGroups",
        ),
    ),
    Cause(
        "template_size",
        "The template is too large",
        r"((Deployment)?JobSizeExceeded|RequestContentTooLarge|template .{0,60}exceeds? .{0,40}(size|limit)|"
        r"(content|request)( content)? (length|size) .{0,60}(exceed|too large))",
        "A deployment has a limit of size and of resources",
        "Split the platform into two specs, or take long texts out of properties:",
        f"{ARM}error-job-size-exceeded",
    ),
    Cause(
        "bicep",
        "Bicep does not take the file",
        r"Unable to restore (the )?(module|artifact|extension)|not a valid Bicep|has not been restored|"
        r"retrieve the dynamic parameters|"
        r"(\bBCP\d{3}\b|Bicep build failed|Failed to compile .{0,60}bicep)",
        "An override has a property or an expression that the type does not have, or another version of Bicep"
        " is installed",
        "See the code in the page below; mlinfra verify builds the same files with the locked Bicep",
        f"{LEARN}azure-resource-manager/bicep/diagnostics/bcp033",
    ),
    Cause(
        "alert_query",
        "The query of an alert is not one that the logs take",
        r"(Failed to resolve (table|column|scalar|entity)|\bS(EM|YN)\d{4}\b|(semantic|syntax) error.{0,80}(query|"
        r"KQL)|query\b(?! param).{0,60}(semantic|syntax|is invalid)|BadArgumentError|query of a .{0,40}alert rule|"
        r"not a valid (log|metric)( or metric)? query|Log Alert rule)",
        "A table or column of the query is not in this workspace of logs, which has a table once something "
        "was written to it",
        "Try the query in the workspace; a table that comes later needs union isfuzzy=true",
        f"{LEARN}azure-monitor/alerts/alerts-troubleshoot-log",
        ("Microsoft.OperationalInsights/workspaces",),
    ),
)
