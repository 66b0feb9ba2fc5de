"""A simulated WooCommerce shop: orders, refunds, customers, products, authentication."""

from .simulator import WooCommerceSimulator

__all__ = ["WooCommerceSimulator"]
