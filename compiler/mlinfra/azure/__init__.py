"""Facts about Azure, each with its source: tables and pure functions, without a spec in sight.

Sources are named by these keys:
  BT   resource types as published for Bicep, 2026-08: https://github.com/Azure/bicep-types-az
  AVM  Azure Verified Modules, 2026-08: https://github.com/Azure/bicep-registry-modules
  SDK  azure-ai-ml 1.35: https://github.com/Azure/azure-sdk-for-python, sdk/ml/azure-ai-ml
  NR   https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
  CAF  https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-abbreviations
  DNS  https://learn.microsoft.com/azure/private-link/private-endpoint-dns
  VMR  https://learn.microsoft.com/azure/virtual-machines/sizes/retirement/retired-sizes-list (2026-09-25)
  RL   https://learn.microsoft.com/azure/reliability/regions-list
  RB   names and GUIDs, 2026-03: https://github.com/Azure/terraform-azure-avm-utl-roledefinitions; what each may do:
       https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
  K    general knowledge, not looked up
"""
