"""Resource providers that a subscription has to register beside those of the resources that a template holds."""

from __future__ import annotations

# Azure ML's managed network makes private endpoints, and a firewall for names, in a network of its own.
# Source: docs, "Workspace managed virtual network isolation", prerequisites.
MANAGED_NETWORK = ("Microsoft.Network",)

# A workspace with a key of one's own keeps its metadata and its search index in services of their own.
# Source: docs, "Use customer-managed keys with Azure Machine Learning", prerequisites.
CUSTOMER_MANAGED_KEY = ("Microsoft.DocumentDB", "Microsoft.Search")

# Managed online endpoints in subscriptions that never had one.
# (?) From reports of such first deployments, not from the documentation: registered, as registering costs nothing.
ONLINE_ENDPOINTS = ("Microsoft.Cdn", "Microsoft.PolicyInsights")

# Compute instances open the notebooks of a workspace.
# Source: docs, "Manage Azure Machine Learning workspaces by using Azure CLI", resource provider errors.
COMPUTE_INSTANCES = ("Microsoft.Notebooks",)

# The connections sign in as identities of a group of their own.
CONNECTIONS = ("Microsoft.ManagedIdentity",)
