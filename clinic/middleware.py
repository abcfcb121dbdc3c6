"""What happens to every request before and after the views. The order is in settings.MIDDLEWARE."""


class _Pass:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)


class RequestId(_Pass):
    pass


class SecurityHeaders(_Pass):
    pass


class RefuseHostileAddress(_Pass):
    pass


class PublicBytes(_Pass):
    pass


class StaffSession(_Pass):
    pass
