from inquiries.admin import counters, desk_tables, inquiry, signing  # noqa: F401 (register themselves)
