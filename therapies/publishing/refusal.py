class PublishingRefused(Exception):
    """What may not happen to a page: why, and what to do."""
