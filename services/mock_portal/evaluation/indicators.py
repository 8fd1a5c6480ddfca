"""The indicators of index 766 that come as rows: transparency, digitisation, satisfaction."""

from collections.abc import Sequence
from dataclasses import replace

from services.mock_portal import body_facts as facts
from services.mock_portal.catalogue import Catalogue, Procedure
from services.mock_portal.evaluation.scoring import Metric, Share, metric, rounded
from services.mock_portal.evaluation.tally import Tally


def transparency(catalogue: Catalogue, tally: Tally, *, reported: int | None) -> list[Metric]:
    """18 points; `reported` is what the national report system counts, if the tester said so.

    The portal gets no publication dates from a province, so the first two have no denominator.
    """
    procedures = catalogue.procedures
    complete = Share(sum(map(_is_complete, procedures)), len(procedures))
    synced = Share(tally.received_in_period, max(tally.received_in_period, reported or 0))
    return [
        metric("PUBLISH_ON_TIME", "Tỷ lệ TTHC công bố đúng hạn", Share(0, 0), 6),
        metric("PUBLIC_UPDATE_ON_TIME", "Tỷ lệ TTHC cập nhật, công khai đúng hạn", Share(0, 0), 4),
        metric("PUBLIC_CONTENT_FULL", "Tỷ lệ TTHC công khai đầy đủ nội dung", complete, 2),
        metric("DOSSIER_SYNC", "Tỷ lệ hồ sơ đồng bộ lên Cổng DVCQG", synced, 6),
    ]


def digitisation(tally: Tally, *, one_procedure: bool) -> list[Metric]:
    """22 points, 20 when one procedure is asked for: then the share of procedures is left out."""
    whole = tally.received
    rows = [
        metric(
            "ORIGINAL_RESULT_AVAILABLE",
            "Tỷ lệ hồ sơ thủ tục hành chính có cấp kết quả giải quyết thủ tục hành chính điện tử",
            Share(tally.with_fact(facts.RESULT_FILE), whole),
            6,
        ),
        metric(
            "SO_HOA_GIAY_TO_GIAI_QUYET",
            "Tỷ lệ hồ sơ thủ tục hành chính thực hiện số hóa hồ sơ",
            Share(tally.digitised_with_result, whole),
            4,
        ),
        metric(
            "REUSED_DIGITIZED_DATA",
            "Tỷ lệ hồ sơ khai thác, sử dụng lại thông tin, dữ liệu số hóa",
            Share(tally.with_fact(facts.REUSED), whole),
            2,
            target=0.80,
        ),
        metric(
            "SYNCED_WITH_DVCQG_PERSONAL_STORAGE",
            "Tỷ lệ hồ sơ TTHC được số hóa có kết nối, chia sẻ dữ liệu phục vụ tái sử dụng",
            Share(tally.with_fact(facts.FROM_CITIZEN_STORE), whole),
            4,
        ),
        metric(
            "CITIZEN_DATA_CONNECTED_DOSSIER",
            "Tỷ lệ hồ sơ TTHC có sử dụng thông tin, dữ liệu dân cư",
            Share(tally.with_fact(facts.POPULATION_DATA), whole),
            2,
        ),
    ]
    return [*rows, *_by_procedure(tally, one_procedure=one_procedure)]


def _by_procedure(tally: Tally, *, one_procedure: bool) -> list[Metric]:
    connected = Share(len(tally.procedures_with(facts.POPULATION_DATA)), len(tally.procedures))
    formality = metric(
        "CITIZEN_DATA_CONNECTED_FORMALITY",
        "Tỷ lệ TTHC triển khai kết nối, chia sẻ dữ liệu dân cư phục vụ GQ TTHC",
        connected,
        2,
    )
    # Nothing that a province pushes says which copies were certified electronically.
    copies = metric(
        "ELECTRONIC_CERTIFIED_COPY",
        "Tỷ lệ cung cấp dịch vụ chứng thực bản sao điện tử từ bản chính",
        Share(0, 0),
        2,
    )
    copies = replace(copies, numerator=None, denominator=None)
    return [copies] if one_procedure else [formality, copies]


def satisfaction(tally: Tally) -> list[Metric]:
    """18 points; petitions reach the portal from citizens, so here there are none, which scores full."""
    none = Share(0, 0)
    pleased = Share(tally.received - tally.late_or_disliked, tally.received)
    return [
        _shown_only("PETITION_CLASSIFICATION_TTHC", "Tỷ lệ PAKN về quy định, thủ tục hành chính"),
        metric(
            "DOSSIER_RECEIVING_SATISFACTION",
            "Tỷ lệ hài lòng trong tiếp nhận, giải quyết TTHC",
            pleased,
            6,
            target=0.90,
            when_none=0,
        ),
        metric("PETITION_PROCESSING_ON_TIME", "Tỷ lệ PAKN xử lý đúng hạn", none, 6, when_none=6),
        metric("PETITION_HANDLING_SATISFACTION", "Tỷ lệ hài lòng trong xử lý PAKN", none, 6, when_none=6),
        _shown_only("PETITION_CLASSIFICATION_STAFF", "Tỷ lệ PAKN về hành vi cán bộ, công chức, viên chức"),
    ]


def total_of(metrics: Sequence[Metric]) -> dict[str, object]:
    """Sum up a group; an indicator without a score counts as 0 and keeps its maximum."""
    score = rounded(sum(m.score or 0 for m in metrics))
    maximum = sum(m.max_score for m in metrics)
    return {
        "totalScore": score,
        "totalMaxScore": maximum,
        "ratio": rounded(100 * score / maximum) if maximum else None,
    }


def _shown_only(code: str, name: str) -> Metric:
    return metric(code, name, Share(0, 0), 0)


def _is_complete(procedure: Procedure) -> bool:
    """Whether the seven parts stand that this catalogue can hold.

    Code, name, field, level, time, fee and service level stand for the seven parts of the formula.
    """
    parts = (procedure.code, procedure.name, procedure.field_name, procedure.level, procedure.limit)
    known = procedure.fee_vnd is not None and procedure.service_level not in ("", "unknown")
    return known and all(parts)
