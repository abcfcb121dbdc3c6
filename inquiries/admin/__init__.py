from inquiries.admin import inquiry  # noqa: F401 (registers itself)
