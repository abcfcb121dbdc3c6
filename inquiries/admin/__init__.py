from inquiries.admin import counters, inquiry, signing  # noqa: F401 (register themselves)
