"""A simulated Shopify shop: executes GraphQL against the official schema."""

from .simulator import ShopifySimulator

__all__ = ["ShopifySimulator"]
