"""Files of a `multipart/form-data` body."""

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

_PARSER: Final = BytesHeaderParser()
_LINE: Final = b"\r\n"


class NotMultipart(Exception):
    pass


@dataclass(frozen=True, slots=True)
class UploadedFile:
    field: str
    name: str
    content: bytes


def read_files(content_type: str, raw: bytes) -> list[UploadedFile]:
    """Split the body at its boundary; parts without a file name are left out.

    Raises `NotMultipart` when the header names no boundary, or the body does not end with it.
    """
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_boundary()
    if header.get_content_type() != "multipart/form-data" or not boundary:
        raise NotMultipart
    _, *parts, last = (_LINE + raw).split(_LINE + b"--" + boundary.encode("ascii", "replace"))
    if not last.startswith(b"--"):
        raise NotMultipart
    files = [_file_of(part) for part in parts]
    return [file for file in files if file is not None]


def _file_of(part: bytes) -> UploadedFile | None:
    head, _, content = part.partition(_LINE + _LINE)
    headers = _PARSER.parsebytes(head.lstrip())
    name = headers.get_filename()
    field = headers.get_param("name", header="content-disposition")
    return UploadedFile(str(field), name, content) if name else None
