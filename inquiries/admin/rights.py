"""What a person may read of a request."""


def may_see_contact(request):
    """May this person know who sent a request?"""
    return request.user.has_perm("inquiries.view_contact")


def may_read_health(request):
    """May this person read what a patient wrote about their health?"""
    return request.user.has_perm("inquiries.view_health")
