"""The floors: a bare Django admin and a bare DRF ModelViewSet over the same tables. No product code."""
