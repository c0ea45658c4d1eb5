"""Runs of the pipeline where it lives: deployments, container and unit files."""
