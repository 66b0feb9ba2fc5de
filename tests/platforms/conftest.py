"""Fixtures that several files of these tests use."""

import pytest

from .support import rig


@pytest.fixture
def ps():
    """A simulated PrestaShop shop and its clients."""
    with rig("prestashop") as shop_rig:
        yield shop_rig
