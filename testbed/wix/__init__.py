"""A simulated Wix site: eCommerce orders, transactions, fulfilments, tokens."""

from .simulator import WixSimulator

__all__ = ["WixSimulator"]
