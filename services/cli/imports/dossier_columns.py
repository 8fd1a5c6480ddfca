"""Columns of a register of dossiers, under the headings that desk systems export."""

from typing import Final

from services.cli.tables.headings import Column

#: What a row must have at least one of; a line with none of them is no dossier.
TELLING: Final = ("code", "received_at", "submitted_at", "due_at")

DOSSIER_COLUMNS: Final = (
    Column(
        "code",
        (
            "Mã hồ sơ",
            "Số hồ sơ",
            "Mã số hồ sơ",
            "Mã hồ sơ TTHC",
            "Mã biên nhận",
            "Số biên nhận",
            "Số giấy tiếp nhận",
        ),
    ),
    Column("number", ("Số thứ tự", "STT", "TT")),
    Column("procedure_code", ("Mã thủ tục", "Mã TTHC", "Mã thủ tục hành chính", "Mã số TTHC")),
    Column(
        "procedure_name",
        (
            "Tên thủ tục",
            "Thủ tục",
            "Tên TTHC",
            "TTHC",
            "Tên thủ tục hành chính",
            "Thủ tục hành chính",
            "Loại hồ sơ",
        ),
    ),
    Column(
        "unit_code",
        ("Mã đơn vị", "Mã cơ quan", "Mã định danh cơ quan", "Mã định danh đơn vị", "Mã cơ quan tiếp nhận"),
    ),
    Column(
        "unit_name",
        (
            "Đơn vị tiếp nhận",
            "Cơ quan tiếp nhận",
            "Đơn vị",
            "Cơ quan",
            "Tên đơn vị",
            "Tên cơ quan",
            "Đơn vị xử lý",
            "Cơ quan chủ trì giải quyết",
            "Đơn vị giải quyết",
            "Cơ quan giải quyết",
        ),
    ),
    Column(
        "applicant_name",
        (
            "Người nộp",
            "Tên người nộp",
            "Người nộp hồ sơ",
            "Họ tên người nộp",
            "Họ và tên người nộp hồ sơ",
            "Chủ hồ sơ",
            "Tên chủ hồ sơ",
            "Họ tên",
            "Họ và tên",
            "Tên cá nhân, tổ chức",
            "Tên tổ chức, cá nhân",
            "Cá nhân, tổ chức",
            "Họ tên chủ hồ sơ",
        ),
    ),
    Column("applicant_kind", ("Đối tượng", "Loại đối tượng", "Đối tượng nộp")),
    Column(
        "identity_number",
        (
            "Số CCCD",
            "CCCD",
            "Số CCCD/CMND",
            "CCCD/CMND",
            "CMND/CCCD",
            "Số CMND/CCCD",
            "Số CMND",
            "CMND",
            "Số định danh",
            "Số định danh cá nhân",
            "Số giấy tờ",
            "Số giấy tờ tùy thân",
            "Căn cước",
            "Số căn cước",
        ),
    ),
    Column(
        "organisation_number",
        ("Mã số thuế", "MST", "Mã số doanh nghiệp", "Mã số tổ chức", "Mã định danh tổ chức"),
    ),
    Column("phone", ("Số điện thoại", "Điện thoại", "SĐT", "Số ĐT", "Điện thoại liên hệ")),
    Column("email", ("Email", "Thư điện tử", "Hộp thư")),
    Column(
        "address", ("Địa chỉ", "Địa chỉ thường trú", "Địa chỉ người nộp", "Nơi ở hiện tại", "Địa chỉ liên hệ")
    ),
    Column(
        "summary",
        ("Trích yếu", "Nội dung", "Nội dung hồ sơ", "Trích yếu hồ sơ", "Về việc", "Nội dung giải quyết"),
    ),
    Column(
        "channel",
        (
            "Hình thức nộp",
            "Kênh thực hiện",
            "Kênh tiếp nhận",
            "Hình thức tiếp nhận",
            "Phương thức nộp",
            "Kênh nộp",
            "Hình thức nộp hồ sơ",
            "Nguồn hồ sơ",
        ),
    ),
    Column("filing_mode", ("Người kê khai", "Hình thức kê khai", "Kê khai")),
    Column(
        "result_delivery",
        ("Hình thức trả kết quả", "Phương thức nhận kết quả", "Hình thức nhận kết quả", "Hình thức trả"),
    ),
    Column("submitted_at", ("Ngày nộp", "Thời gian nộp", "Ngày giờ nộp", "Ngày nộp hồ sơ", "Ngày gửi")),
    Column(
        "received_at",
        (
            "Ngày tiếp nhận",
            "Ngày nhận",
            "Tiếp nhận",
            "Nhận hồ sơ",
            "Ngày nhận hồ sơ",
            "Ngày giờ tiếp nhận",
            "Thời gian tiếp nhận",
            "Thời điểm tiếp nhận",
            "Ngày tiếp nhận hồ sơ",
        ),
    ),
    Column(
        "due_at",
        (
            "Ngày hẹn trả",
            "Hẹn trả",
            "Hẹn trả kết quả",
            "Ngày hẹn trả kết quả",
            "Ngày hẹn",
            "Hạn xử lý",
            "Hạn giải quyết",
            "Thời gian hẹn trả",
            "Thời điểm hẹn trả",
            "Hạn trả kết quả",
        ),
    ),
    Column(
        "processing_at", ("Ngày chuyển xử lý", "Ngày thụ lý", "Ngày chuyển", "Chuyển xử lý", "Ngày xử lý")
    ),
    Column("supplement_asked_at", ("Ngày yêu cầu bổ sung", "Yêu cầu bổ sung", "Ngày dừng chờ bổ sung")),
    Column("supplement_answered_at", ("Ngày bổ sung", "Ngày nhận bổ sung", "Ngày đã bổ sung")),
    Column(
        "finished_at",
        (
            "Ngày có kết quả",
            "Ngày hoàn thành",
            "Ngày xử lý xong",
            "Ngày kết thúc",
            "Ngày kết thúc xử lý",
            "Có kết quả",
            "Ngày giải quyết xong",
            "Thời gian hoàn thành",
            "Ngày hoàn thành xử lý",
            "Hoàn thành",
        ),
    ),
    Column(
        "returned_at",
        (
            "Ngày trả kết quả",
            "Ngày trả",
            "Trả kết quả",
            "Ngày trả KQ",
            "Thời gian trả kết quả",
            "Ngày giờ trả kết quả",
        ),
    ),
    Column(
        "status", ("Trạng thái", "Tình trạng", "Trạng thái hồ sơ", "Tình trạng hồ sơ", "Tình trạng xử lý")
    ),
    Column(
        "receiving_officer",
        ("Cán bộ tiếp nhận", "Người tiếp nhận", "Công chức tiếp nhận", "Cán bộ nhận hồ sơ"),
    ),
    Column(
        "officer",
        ("Cán bộ xử lý", "Người xử lý", "Cán bộ thụ lý", "Cán bộ giải quyết", "Công chức xử lý", "Cán bộ"),
    ),
    Column("department", ("Phòng ban", "Bộ phận", "Phòng ban xử lý", "Bộ phận xử lý", "Phòng chuyên môn")),
    Column("fee", ("Lệ phí", "Phí, lệ phí", "Phí/lệ phí", "Tổng lệ phí", "Tổng tiền", "Số tiền")),
    Column("note", ("Ghi chú", "Ý kiến")),
)
