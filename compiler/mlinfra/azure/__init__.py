"""Facts about Azure, each with its source: tables and pure functions, without a spec in sight.

Sources are named by these keys:
  BT   resource types as published for Bicep (Azure/bicep-types-az, 2026-08)
  AVM  Azure Verified Modules (Azure/bicep-registry-modules, 2026-08)
  SDK  azure-ai-ml 1.35
  NR   documentation, "Naming rules and restrictions for Azure resources"
  CAF  Cloud Adoption Framework, "Abbreviation recommendations"
  DNS  documentation, "Azure Private Endpoint private DNS zone values"
  VMR  documentation, VM retirements and capacity growth restrictions (2026-09-25)
  RL   documentation, "Azure regions list"
  RB   documentation, "Azure built-in roles" (2026-04)
  K    general knowledge, not looked up
"""
