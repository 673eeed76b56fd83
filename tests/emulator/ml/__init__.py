"""Azure Machine Learning: what a workspace keeps beside what a template deploys, and the services around it.

A workspace's own resources (assets, jobs, endpoints, schedules) stand in the table `resources` with all others. Shapes
of bodies are those that azure-ai-ml sends and reads (`azure.ai.ml._restclient`); what a test wants to happen, it orders
(`orders`).
"""
