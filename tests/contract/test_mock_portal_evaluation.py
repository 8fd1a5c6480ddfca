"""The public reports, computed from what was pushed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from services.mock_portal.evaluation.reports import REPORTS
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.contract.mock_portal_desk import HANOI, Desk, accepted, dossier, entry

EVALUATION = "/api/v1/reporting/evaluation/"
JANUARY = {"timeType": "month", "year": 2026, "month": 1, "rootDepartmentId": "H22"}
XA, SO = "Ủy ban nhân dân xã Đồng Văn", "Sở Tư pháp"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal(PortalSettings(session_seconds=10**7)) as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    """Four dossiers of January: on time, late and disliked, running in time, refused before reception."""
    with Desk(address) as desk:
        desk.reset()
        desk.freeze(datetime(2026, 1, 20, 8, tzinfo=HANOI))
        fee = [{"TenPhiLePhi": "Lệ phí", "Gia": "8000", "HinhThucThu": "1"}]
        result = [{"TenGiayTo": "Giấy khai sinh", "DuongDanTepTinKetQua": "https://h22.example/1.pdf"}]
        desk.create(
            dossier("H22-1", KenhThucHien="2", DanhSachGiayToKetQua=result, HoSoCoThanhPhanSoHoa="1"),
            dossier("H22-2", DanhSachLePhi=fee, DuocThanhToanTrucTuyen="1", MaTTHC="2.000815", DonViXuLy=SO),
            dossier(
                "H22-3",
                NgayHenTra="20260130170000",
                DanhSachLePhi=fee,
                MaTTHC="2.000815",
                TaiKhoanDuocXacThucVoiVNeID="1",
                TaiLieuNop=[],
            ),
            dossier("H22-4", TrangThaiHoSo="3", DonViXuLy=SO),
        )
        desk.progress(
            entry("H22-1", 2, "20260105080000"),
            entry("H22-1", 9, "20260107080000"),
            entry("H22-2", 2, "20260105080000"),
            entry("H22-2", 10, "20260110080000"),
            entry("H22-4", 3, "20260105090000"),
        )
        yield desk


def ask(desk: Desk, name: str, **changes: object) -> dict[str, Any]:
    response = desk.http.post(EVALUATION + name, json=JANUARY | changes)
    assert response.status_code in (200, 201), response.text
    answer = response.json()
    assert answer["code"] == "OK"
    data: dict[str, Any] = answer["data"]
    return data


def metrics(group: dict[str, Any]) -> dict[str, tuple[object, object, object]]:
    return {m["code"]: (m["numerator"], m["denominator"], m["score"]) for m in group["metrics"]}


def test_progress_counts_what_was_received_and_leaves_out_what_was_refused_before(desk: Desk) -> None:
    data = ask(desk, "dvc-progress-tree")

    parent = data["parent"]
    assert (parent["totalReceived"], parent["totalOnTime"], parent["totalOverdue"]) == (3, 2, 1)
    assert (parent["totalCompleted"], parent["avgProcessingDays"]) == (2, 3.5)
    assert (parent["ratio"], parent["score"], parent["maxScore"]) == (66.67, 13.33, 20)
    assert {c["departmentName"]: (c["totalReceived"], c["totalOverdue"]) for c in data["children"]} == {
        XA: (2, 0),
        SO: (1, 1),
    }


def test_a_running_dossier_counts_as_late_once_the_period_ends_after_its_due_time(desk: Desk) -> None:
    desk.freeze(datetime(2026, 2, 3, 8, tzinfo=HANOI))

    assert ask(desk, "dvc-progress-tree")["parent"]["totalOverdue"] == 2


def test_a_dossier_counts_in_the_period_in_which_it_is_finished_too(desk: Desk) -> None:
    desk.freeze(datetime(2026, 2, 20, 8, tzinfo=HANOI))
    desk.progress(entry("H22-3", 9, "20260202080000"))

    february = ask(desk, "dvc-progress-tree", month=2)["parent"]
    assert (february["totalReceived"], february["totalOverdue"]) == (1, 1)
    assert ask(desk, "dvc-progress-tree", month=3)["parent"]["totalReceived"] == 0
    assert ask(desk, "dvc-progress-tree", timeType="quarter", quarter=1)["parent"]["totalReceived"] == 3
    assert ask(desk, "dvc-progress-tree", timeType="year")["parent"]["totalReceived"] == 3


def test_digitisation_counts_files_reuse_and_population_data(desk: Desk) -> None:
    overview = ask(desk, "dossier-digitized")["overview"]

    shown = metrics(overview)
    assert shown["ORIGINAL_RESULT_AVAILABLE"] == (1, 3, 2.0)
    assert shown["SO_HOA_GIAY_TO_GIAI_QUYET"] == (1, 3, 1.33)
    assert shown["REUSED_DIGITIZED_DATA"] == (1, 3, 0.83)
    assert shown["SYNCED_WITH_DVCQG_PERSONAL_STORAGE"] == (0, 3, 0.0)
    assert shown["CITIZEN_DATA_CONNECTED_DOSSIER"] == (1, 3, 0.67)
    assert shown["CITIZEN_DATA_CONNECTED_FORMALITY"] == (1, 2, 1.0)
    assert shown["ELECTRONIC_CERTIFIED_COPY"] == (None, None, None)
    assert (overview["totalScore"], overview["totalMaxScore"]) == (5.83, 22)


def test_reports_are_the_same_after_export_and_import(desk: Desk) -> None:
    rating = {"MaHoSo": "H22-1", "MucDoHaiLong": "3", "NgayDanhGia": "20260108080000"}
    desk.call("DongBoDanhGia", data=[rating])

    def answers() -> list[dict[str, Any]]:
        span = {"fromDate": "2026-01-01", "toDate": "2026-01-31"}
        return [ask(desk, name, **span) for name in REPORTS]

    before = answers()
    state = desk.control("GET", "/state/export")
    desk.reset()
    assert answers() != before
    desk.control("PUT", "/state/import", state)

    assert answers() == before


def test_one_procedure_drops_the_share_of_procedures_and_is_asked_for_with_a_capital_d(desk: Desk) -> None:
    overview = ask(desk, "dossier-digitized", formalityID="1.001193")["overview"]

    assert "CITIZEN_DATA_CONNECTED_FORMALITY" not in metrics(overview)
    assert metrics(overview)["ORIGINAL_RESULT_AVAILABLE"] == (1, 1, 6.0)
    assert overview["totalMaxScore"] == 20
    unheard = ask(desk, "dossier-digitized", formalityId="1.001193")["overview"]
    assert metrics(unheard)["ORIGINAL_RESULT_AVAILABLE"] == (1, 3, 2.0)


def test_satisfaction_takes_off_what_is_late_or_disliked(desk: Desk) -> None:
    rating = {"MaHoSo": "H22-1", "MucDoHaiLong": "3", "NgayDanhGia": "20260108080000"}
    assert accepted(desk.call("DongBoDanhGia", data=[rating]))

    overview = ask(desk, "handling-satisfaction", fromDate="2026-01-01", toDate="2026-01-31")["overview"]

    shown = metrics(overview)
    assert shown["DOSSIER_RECEIVING_SATISFACTION"] == (1, 3, 2.22)
    assert shown["PETITION_PROCESSING_ON_TIME"] == (0, 0, 6)
    assert shown["PETITION_CLASSIFICATION_STAFF"] == (0, 0, None)
    assert (overview["totalScore"], overview["totalMaxScore"]) == (14.22, 18)


def test_online_services_show_inputs_for_the_province_only(desk: Desk) -> None:
    data = ask(desk, "provide-online-tree")

    parent = data["parent"]
    assert (parent["channelOnlineSum"], parent["channelDirectSum"], parent["channelTotalSum"]) == (1, 2, 3)
    assert (parent["onlineOnTime"], parent["onlineOverdue"]) == (1, 0)
    assert parent["authorityCount"] == 292
    assert parent["totalMaxScore"] == 12
    assert all("channelTotalSum" not in child for child in data["children"])
    assert {child["totalScore"] for child in data["children"]} == {6.0}


def test_payment_compares_dossiers_with_a_fee_and_procedures_with_a_fee(desk: Desk) -> None:
    parent = ask(desk, "formality-online-payment-tree")["parent"]

    assert parent["totalDossierOnlinePaymentSuccess"] == 1
    assert parent["totalDossierFinancialObligation"] == 2
    with_fee = parent["totalFeeFormality"]
    assert parent["totalDossierOnlineFormalityPaymentSuccess"] == 1
    assert parent["totalScore"] == round(3 + 2 * round(2.5 / with_fee, 2), 2)
    filtered = ask(desk, "formality-online-payment-tree", formalityId="1.001193")["parent"]
    assert filtered["totalDossierFinancialObligation"] == 0
    assert filtered["totalFeeDossierFormality"] == 1


def test_transparency_is_null_where_the_portal_was_told_nothing(desk: Desk) -> None:
    data = ask(desk, "transparency", pageSize=1)

    shown = metrics(data["overview"])
    assert shown["PUBLISH_ON_TIME"] == (0, 0, None)
    assert shown["DOSSIER_SYNC"] == (3, 3, 6.0)
    assert len(data["evaluation"]) == 1
    assert data["pagination"] == {"currentPage": 1, "pageSize": 1, "totalItems": 2, "totalPages": 2}
    second = ask(desk, "transparency", pageSize=1, currentPage="2")["evaluation"]
    assert second[0]["departmentName"] != data["evaluation"][0]["departmentName"]


def test_synchronisation_is_measured_against_the_report_system() -> None:
    with running_portal(PortalSettings(report_system_dossiers=4)) as address, Desk(address) as desk:
        desk.create(dossier("H22-1"))
        shown = metrics(ask(desk, "transparency")["overview"])

    assert shown["DOSSIER_SYNC"] == (1, 4, 1.5)


def test_a_unit_is_asked_for_by_the_id_that_its_parent_shows(desk: Desk) -> None:
    children = ask(desk, "dvc-progress-tree")["children"]
    unit = next(child for child in children if child["departmentName"] == SO)

    parent = ask(desk, "dvc-progress-tree", rootDepartmentId=unit["departmentId"])["parent"]
    assert (parent["departmentName"], parent["totalReceived"]) == (SO, 1)


def test_results_come_by_procedure(desk: Desk) -> None:
    rows = ask(desk, "service-results")["evaluation"]

    assert {row["code"]: row["totalReceived"] for row in rows} == {"1.001193": 1, "2.000815": 2}


def test_an_empty_province_scores_nothing_and_divides_by_nothing(desk: Desk) -> None:
    parent = ask(desk, "dvc-progress-tree", rootDepartmentId="H56")["parent"]

    assert (parent["totalReceived"], parent["ratio"], parent["score"]) == (0, None, 0)
    assert metrics(ask(desk, "dossier-digitized", rootDepartmentId="H56")["overview"])[
        "ORIGINAL_RESULT_AVAILABLE"
    ] == (0, 0, None)


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"timeType": "week"}, 400, "timeType"),
        ({"month": 13}, 400, "month"),
        ({"month": None}, 400, "month"),
        ({"year": "MMXXVI"}, 400, "year"),
        ({"year": 99999}, 400, "year"),
        ({"timeType": "quarter", "quarter": 5}, 400, "quarter"),
        ({"rootDepartmentId": None}, 400, "rootDepartmentId"),
        ({"rootDepartmentId": "H98"}, 404, ""),
        ({"formalityId": "9.999999"}, 404, ""),
        ({"pageSize": 0}, 400, "pageSize"),
    ],
)
def test_a_wrong_question_is_refused_with_its_field(
    desk: Desk, changes: dict[str, object], status: int, word: str
) -> None:
    response = desk.http.post(EVALUATION + "dvc-progress-tree", json=JANUARY | changes)

    assert response.status_code == status
    assert word in response.json()["message"]


def test_a_good_answer_comes_as_200_or_201(desk: Desk) -> None:
    statuses = {desk.http.post(EVALUATION + "transparency", json=JANUARY).status_code for _ in range(20)}

    assert statuses == {200, 201}


def test_procedures_are_listed_by_pages_and_from_a_last_id(desk: Desk) -> None:
    def post(path: str, body: dict[str, object]) -> dict[str, Any]:
        data: dict[str, Any] = desk.http.post(f"/api/v1/{path}", json=body).json()["data"]
        return data

    report = post("reporting/formalities", {"q": "khai sinh", "currentPage": 1, "pageSize": 2})
    assert len(report["formalities"]) == 2
    assert all("khai sinh" in row["name"].lower() for row in report["formalities"])
    path = "submitting/formality/list-all-public-formality-by-citizen"
    first = post(path, {"limit": 2})
    second = post(path, {"limit": 2, "lastId": first["lastId"]})
    assert first["formalities"][-1]["id"] == first["lastId"]
    assert not {r["code"] for r in first["formalities"]} & {r["code"] for r in second["formalities"]}
    (row, *_) = first["formalities"]
    shown = post("configuring/formality/get-formality-by-citizen", {"id": row["id"]})
    assert shown["code"] == row["code"]
    assert shown["category"]
    unknown = desk.http.post(f"/api/v1/{path}", json={"limit": 2, "lastId": "x"})
    assert unknown.status_code == 400


def test_faults_strike_reports_by_the_last_part_of_their_path(desk: Desk) -> None:
    order = {"shape": "http_5xx", "status": 503, "duration_seconds": 60, "operation": "transparency"}
    desk.control("POST", "/faults", order)

    response: httpx.Response = desk.http.post(EVALUATION + "transparency", json=JANUARY)

    assert response.status_code == 503
    assert ask(desk, "dvc-progress-tree")["parent"]["totalReceived"] == 3
