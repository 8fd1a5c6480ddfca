"""The adapter's way of saying no: an HTTP status with words that name the field."""


class Denied(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def bad_request(message: str) -> Denied:
    return Denied(400, message)


def forbidden() -> Denied:
    return Denied(403, "Tài khoản kết nối không được phép thao tác với đơn vị hoặc hồ sơ này")
