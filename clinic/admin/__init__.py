"""The clinic's part of the staff side. Its modules are imported by ClinicAdminConfig, once the site exists.

Not here: finding the site class imports this package, and what registered itself then would be lost.
"""
