"""The JSON that gateways take: one flat object of texts."""

import json

from services.mock_population.question import Refused


def read_texts(raw: bytes) -> dict[str, str]:
    """Read an object whose values are texts; raises `Refused`."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Refused("Nội dung gửi không phải JSON hợp lệ", status=400) from error
    if not isinstance(body, dict):
        raise Refused("Nội dung gửi phải là đối tượng JSON", status=400)
    for name, value in body.items():
        if not isinstance(value, str):
            # The name is the caller's own and may hold anything, a person's number included.
            raise Refused("Mọi giá trị phải là chuỗi", status=400)
        if not _is_writable(name) or not _is_writable(value):
            raise Refused("Chuỗi không phải UTF-8 hợp lệ", status=400)
    return body


def _is_writable(text: str) -> bool:
    """Tell whether there is no lone half of an escaped character, which could never be written again."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
