"""Deployments of Resource Manager: what holds for every kind of resource."""

from __future__ import annotations

from mlinfra.azure.failures.cause import ARM, LEARN, Cause

DEPLOYMENTS = (
    Cause(
        "provider",
        "A resource provider is not registered in the subscription",
        r"(MissingSubscriptionRegistration|not registered to use namespace '(?P<at>[^']+)'|NoRegisteredProviderFound)",
        "A subscription knows a service only once its provider is registered",
        "Run scripts/bootstrap.sh for the target, which registers all that the platform needs; or "
        "az provider register --namespace <namespace>",
        f"{ARM}error-register-resource-provider",
    ),
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
        r"(Metric|Log)? ?category '(?P<at>[^']+)' is not supported|Category '[^']+' is not supported",
        "Each type of resource has categories of its own",
        "az monitor diagnostic-settings categories list --resource <id> lists them",
        f"{LEARN}azure-monitor/reference/supported-logs/logs-index",
        ("diagnosticSettings",),
    ),
    Cause(
        "other_region",
        "It exists in another region",
        r"(InvalidDeploymentLocation|InvalidResourceLocation|already exists in location)",
        "A resource can't move to another region, and a deployment of a name stays in its own",
        "Keep location as it was; or give the entry another name, and move its data",
        f"{ARM}error-invalid-template",
    ),
    Cause(
        "not_changeable",
        "A property is set once, when the resource is made",
        r"(PropertyChangeNotAllowed|can't be (changed|updated) after|cannot be (changed|updated|modified) after|"
        r"is not allowed to be (changed|updated)|ImmutableProperty|Changing property)",
        "Azure does not change this property of a resource that is there",
        "Keep it as it was, or make the resource anew under another name",
        f"{ARM}common-deployment-errors",
    ),
    Cause(
        "resource_missing",
        "A resource that is referred to is not there",
        r"(ParentResourceNotFound|ResourceNotFound\b|ResourceGroupNotFound|"
        r"Resource '(?P<at>[^']+)'.{0,80}was not found|ReferencedResourceNotFound|InvalidResourceReference)",
        "It was not deployed yet, was deleted, or an existing one is named that is somewhere else",
        "Run infra.yml of the target; of what has existing: true, compare azure_name, resource_group and subscription",
        f"{ARM}error-not-found",
    ),
    Cause(
        "template",
        "The template is not one that Azure takes",
        r"(InvalidTemplate\b|InvalidRequestContent|InvalidContentLink|template language expression|"
        r"DeploymentOutputEvaluationFailed|has one or more invalid parameters|"
        r"InvalidSubscriptionId|is malformed or invalid|InvalidResourceReference|LinkedInvalidPropertyId)",
        "A value written under properties: or in an override has no meaning to Azure",
        "See the property that the error names; mlinfra verify judges the same files without Azure",
        f"{ARM}error-invalid-template",
    ),
    Cause(
        "body",
        "The Azure ML client does not take the body",
        r"(Validation for \w+ failed|Error: Met error while (loading|parsing)|ValidationException|"
        r"YamlFileReader\w*Error)",
        "A field of the file has a value, or a name, that its class does not have",
        "See the field that the error names; mlinfra validate judges bodies by the schema of the locked client, so "
        "another version of the ml extension is installed, or the file is not ours",
        f"{LEARN}machine-learning/reference-yaml-overview",
    ),
    Cause(
        "throttled",
        "Azure was asked too often",
        r"(TooManyRequests|\b429\b|SubscriptionRequestsThrottled|request rate is large)",
        "A subscription has a limit of requests a minute",
        "Run the step again in some minutes",
        f"{LEARN}azure-resource-manager/management/request-limits-and-throttling",
    ),
)
LAST = (
    Cause(
        "service_error",
        "Azure had an error of its own",
        r"(InternalServerError|Internal server error|ServiceUnavailable|\b50[023]\b.{0,20}(error|gateway)|"
        r"An unexpected error occurred|Object reference not set|due to System\.Exception|Unknown server error)",
        "Something went wrong on Azure's side",
        "Run the step again; if it stays, open a support request with the correlation id",
        "https://azure.status.microsoft",
    ),
    Cause(
        "unspecific",
        "A deployment failed, and the text does not say why",
        r"(DeploymentFailed|At least one resource deployment operation failed|ResourceDeploymentFailure|"
        r"aka\.ms/(arm-deployment-operations|DeployOperations))",
        "The text holds the summary alone",
        "az deployment operation group list --resource-group <group> --name <deployment> "
        "--query \"[?properties.provisioningState=='Failed'].properties.statusMessage\" has the error itself",
        f"{ARM}common-deployment-errors",
    ),
)
