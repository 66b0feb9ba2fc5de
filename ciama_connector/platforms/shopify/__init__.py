"""Shopify, through the GraphQL Admin API."""
