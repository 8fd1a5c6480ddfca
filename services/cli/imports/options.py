"""Arguments and options that several imports share."""

from pathlib import Path
from typing import Annotated, Final

import typer

#: Rows a transaction: enough to make round trips cheap, few enough to show progress.
ROWS_AT_ONCE: Final = 500

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Tệp / file")]
AsJson = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")]
Client = Annotated[str, typer.Option(help="Nhập thay cho phần mềm này / on behalf of this client")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Chỉ kiểm tra, không ghi / check, and store nothing")]
ReportFile = Annotated[
    Path | None,
    typer.Option("--report", help="Ghi lỗi từng dòng ra CSV / write what is wrong with which row"),
]
Sheet = Annotated[str | None, typer.Option(help="Tên trang tính, mặc định trang đầu / default: the first")]
