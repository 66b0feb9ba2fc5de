"""Wix Stores (eCommerce API v1)."""
