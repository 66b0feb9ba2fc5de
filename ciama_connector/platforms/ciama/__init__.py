"""Any other source, through the normalized Ciama order."""
