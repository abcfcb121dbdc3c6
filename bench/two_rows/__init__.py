"""The yardstick of Send: the smallest honest form Django can store, an inquiry and its outbox row in one transaction.

A site of its own with the middleware `startproject` writes. Nothing is encrypted, hashed, screened or remembered.
"""
