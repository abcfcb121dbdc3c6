"""Reads the project's files and says where they break the plan of the house. Knows no Django; every rule takes the root."""
