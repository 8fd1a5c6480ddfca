"""Rows of the table for who may do what."""

from http import HTTPStatus
from typing import Final

from services.api.problems.language import Said
from services.api.problems.row import Row

_NOT_ALLOWED: Final = Said("Không có quyền", "Not allowed")

ACCESS: Final = {
    "role-lacks-action": Row(
        HTTPStatus.FORBIDDEN,
        _NOT_ALLOWED,
        Said(
            "Vai trò {role} không được làm việc này ({action}). Người quản trị đổi vai trò bằng lệnh "
            "lienthong officers change.",
            "The role {role} may not do this ({action}). Administrators change roles by lienthong officers "
            "change.",
        ),
    ),
    "officer-elsewhere": Row(
        HTTPStatus.FORBIDDEN,
        _NOT_ALLOWED,
        Said(
            "Cán bộ không thuộc phạm vi đơn vị của phần mềm này.",
            "The officer does not belong to the units of this desk client.",
        ),
    ),
    "officer-token-needed": Row(
        HTTPStatus.FORBIDDEN,
        _NOT_ALLOWED,
        Said(
            "Hãy gửi kèm mã đăng nhập của cán bộ trong tiêu đề X-Officer-Token.",
            "Send the officer's token along in the X-Officer-Token header.",
        ),
    ),
    "officer-not-found": Row(
        HTTPStatus.NOT_FOUND,
        Said("Không có cán bộ này", "No such officer"),
        Said(
            "Không có cán bộ nào còn hiệu lực với mã này. Xem danh sách bằng lienthong officers list.",
            "No active officer has this subject. See lienthong officers list.",
        ),
    ),
    "client-keys-full": Row(
        HTTPStatus.CONFLICT,
        Said("Đã đủ khóa", "Keys full"),
        Said(
            "Phần mềm đã có {most} khóa; hãy bỏ khóa cũ trước bằng lienthong clients remove-key.",
            "The client has {most} keys; take the old one away first by lienthong clients remove-key.",
        ),
    ),
    "client-key-not-found": Row(
        HTTPStatus.NOT_FOUND,
        Said("Không có khóa này", "No such key"),
        Said(
            "Phần mềm không có khóa này. Xem danh sách bằng lienthong clients list.",
            "The client has no such key. See lienthong clients list.",
        ),
    ),
    "key-invalid": Row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        Said("Khóa không hợp lệ", "Invalid key"),
        Said(
            "Cần khóa JWK loại Ed25519, P-256 hoặc RSA từ 2048 bit; của phần mềm thì chỉ phần công khai "
            "({fault}).",
            "A JWK has to be Ed25519, P-256, or RSA from 2048 bits up; of a client, its public part only "
            "({fault}).",
        ),
    ),
    "officer-not-yourself": Row(
        HTTPStatus.FORBIDDEN,
        _NOT_ALLOWED,
        Said(
            "Tên cán bộ phải là tên của người đang đăng nhập.",
            "The officer named has to be the one who is signed in.",
        ),
    ),
    "officer-known": Row(
        HTTPStatus.CONFLICT,
        Said("Cán bộ đã có", "Officer known already"),
        Said(
            "Cán bộ này đã có trong danh sách; dùng lienthong officers change để đổi.",
            "The officer is on the list; use lienthong officers change.",
        ),
    ),
}
