from inquiries.admin import inquiry, signing  # noqa: F401 (register themselves)
