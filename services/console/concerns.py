"""What is red, and what to do next. Thresholds are those of the alerts in `deploy/prometheus/alerts.yml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from services.console.advice import FALSE_LATE_STEPS, FORECAST_PARKED, FORECAST_SLOW, NOT_OURS
from services.console.figures import CauseFigure, Figures
from services.console.language import Language
from services.console.words import word_for
from services.console.writing import write_moment, write_number, write_span
from services.core.domain.delivery import DeliveryState
from services.core.domain.false_late import FalseLateCause
from services.core.domain.wording import FALSE_LATE_CAUSES, OPERATIONS, Bilingual
from services.core.persistence.measurements.values import AtRisk

#: Alert `LienThongBacklogOld`.
BACKLOG_OLD_SECONDS: Final = 900
#: Alert `LienThongForecastLate`: so many within four hours.
FORECAST_LATE: Final = 20
#: Fewer failures in a row are hiccups (`persistence.attempts`).
_FAILURES_IN_A_ROW: Final = 3

#: Where the evidence is, or the remedy.
_PAGES: Final = {FalseLateCause.PORTAL_DOWN: "/outages", FalseLateCause.REJECTED: "/parked"}


class Level(StrEnum):
    """How bad it is, the worst first."""

    ACT = "act"
    UNMEASURED = "unmeasured"
    WATCH = "watch"
    GOOD = "good"


LEVELS: Final[Mapping[Level, Bilingual]] = MappingProxyType(
    {
        Level.ACT: Bilingual("Cần xử lý ngay", "act now"),
        Level.UNMEASURED: Bilingual("Không đo được", "not measured"),
        Level.WATCH: Bilingual("Theo dõi", "watch"),
        Level.GOOD: Bilingual("Tốt", "good"),
    }
)


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that wants a person; `page` is where to go on, if there is one."""

    level: Level
    what: Bilingual
    next_step: Bilingual
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether anybody is going to be late because of us."""

    level: Level
    says: Bilingual


def answer_of(figures: Figures) -> Answer:
    """Answer the question that operations come with. What could not be measured is never a no."""
    ours = [figure.standing for figure in figures.causes if figure.cause not in NOT_OURS]
    number = sum(filter(None, ours))
    if number:
        return Answer(
            Level.ACT,
            Bilingual(
                f"Có: {write_number(number)} hồ sơ đang bị báo trễ oan do phía ta",
                f"Yes: {_english(number)} falsely late because of us",
            ),
        )
    if None in ours or figures.at_risk is None:
        return Answer(Level.UNMEASURED, Bilingual("Chưa biết: không đo được", "Unknown: not measured"))
    return _outlook(figures.at_risk)


def _outlook(at_risk: AtRisk) -> Answer:
    if at_risk.seconds_to_flag is None:
        return Answer(Level.GOOD, Bilingual("Không", "No"))
    span = write_span(at_risk.seconds_to_flag)
    number = at_risk.within_24h
    return Answer(
        Level.ACT if at_risk.within_1h else Level.WATCH,
        Bilingual(
            f"Có thể: {write_number(number)} hồ sơ trong 24 giờ tới, sớm nhất sau {span.vi}",
            f"Maybe: {_english(number)} within 24 hours, the first in {span.en}",
        ),
    )


def concerns_of(figures: Figures) -> list[Concern]:
    """List what wants a person, the worst first."""
    found = [
        *_unmeasured(figures),
        *_false_late(figures),
        *_at_risk(figures),
        *_forecast(figures),
        *_outage(figures),
        *_operations(figures),
        *_backlog(figures),
        *_parked(figures),
    ]
    order = list(Level)
    return sorted(found, key=lambda concern: order.index(concern.level))


def level_of_cause(figure: CauseFigure) -> Level:
    """Rate the dossiers that are falsely late now for one cause."""
    if figure.standing is None:
        return Level.UNMEASURED
    if not figure.standing:
        return Level.GOOD
    return Level.WATCH if figure.cause in NOT_OURS else Level.ACT


def _unmeasured(figures: Figures) -> Iterator[Concern]:
    if figures.unmeasured:
        names = ", ".join(figures.unmeasured)
        yield Concern(
            Level.UNMEASURED,
            Bilingual(
                f"Một số số liệu không đo được: {names}", f"Some figures could not be measured: {names}"
            ),
            Bilingual(
                "Xem nhật ký của trang này và của PostgreSQL; nếu vừa nâng cấp, chạy lienthong db upgrade.",
                "Read the logs of this console and of PostgreSQL; after an upgrade, run lienthong db"
                " upgrade.",
            ),
        )


def _false_late(figures: Figures) -> Iterator[Concern]:
    for figure in figures.causes:
        if figure.standing:
            cause = FALSE_LATE_CAUSES[figure.cause]
            yield Concern(
                level_of_cause(figure),
                Bilingual(
                    f"{write_number(figure.standing)} hồ sơ đang bị báo trễ oan: {cause.vi}",
                    f"{_english(figure.standing)} falsely late now: {cause.en}",
                ),
                FALSE_LATE_STEPS[figure.cause],
                _PAGES.get(figure.cause),
            )


def _at_risk(figures: Figures) -> Iterator[Concern]:
    at_risk = figures.at_risk
    if at_risk is None or not at_risk.within_24h:
        return
    soon, later = at_risk.within_1h, at_risk.within_24h
    yield Concern(
        Level.ACT if at_risk.within_1h else Level.WATCH,
        Bilingual(
            f"Xong đúng hạn mà Cổng chưa ghi nhận: {write_number(soon)} hồ sơ sẽ bị báo trễ trong 1 giờ,"
            f" {write_number(later)} trong 24 giờ",
            f"Ended on time, not acknowledged: {_english(soon)} will be flagged within 1 hour,"
            f" {_english(later)} within 24",
        ),
        Bilingual(
            "Nếu Cổng đang hoạt động mà số này không giảm: xem tiến trình đồng bộ và trang Chờ cán bộ xử lý.",
            "If the portal is up and this does not fall: look at the sync worker and at the parked dossiers.",
        ),
    )


def _forecast(figures: Figures) -> Iterator[Concern]:
    """Tell what is coming while there is time to act; of an outage nobody knows when it ends."""
    foreseen = figures.forecast
    if foreseen is None or figures.outages is None or figures.outages.under_way:
        return
    soon, later = round(foreseen.within_4h), round(foreseen.within_24h)
    if soon <= FORECAST_LATE:
        return
    parked = figures.state(DeliveryState.PARKED).count
    yield Concern(
        Level.WATCH,
        Bilingual(
            f"Dự báo: {write_number(soon)} hồ sơ sẽ bị báo trễ oan trong 4 giờ, {write_number(later)} trong"
            " 24 giờ, nếu Cổng vẫn nhận chậm như lúc này",
            f"Forecast: {_english(soon)} will be falsely late within 4 hours, {_english(later)} within 24, if"
            " the portal goes on taking as few as it does now",
        ),
        FORECAST_PARKED if parked else FORECAST_SLOW,
        "/parked" if parked else None,
    )


def _outage(figures: Figures) -> Iterator[Concern]:
    if figures.outages is not None and figures.outages.under_way:
        yield Concern(
            Level.ACT,
            Bilingual("Cổng DVCQG đang gián đoạn", "The national portal is down"),
            Bilingual(
                "Không phải làm gì với hồ sơ: chúng được giữ và tự gửi tiếp. Thử đường truyền tới Cổng từ"
                " máy chủ; nếu đường truyền tốt, báo đơn vị vận hành Cổng.",
                "Nothing to do for the dossiers: they are kept and sent later. Test the line to the portal"
                " from the server; if it is good, tell the portal's operator.",
            ),
            "/outages",
        )


def _operations(figures: Figures) -> Iterator[Concern]:
    """Tell of an operation that fails while others work; when none does, that is an outage."""
    if figures.outages is None or figures.outages.under_way:
        return
    for health in figures.operations or ():
        if health.failing_since is None or health.consecutive_failures < _FAILURES_IN_A_ROW:
            continue
        name, since = word_for(OPERATIONS, health.operation), write_moment(health.failing_since)
        yield Concern(
            Level.WATCH,
            Bilingual(
                f"{name.vi}: lỗi {health.consecutive_failures} lần liên tiếp từ {since}",
                f"{name.en}: {health.consecutive_failures} failures in a row since {since}",
            ),
            Bilingual(
                "Xem lời của Cổng trong nhật ký của tiến trình đồng bộ; nếu Cổng từ chối đăng nhập, kiểm"
                " tra tài khoản kết nối.",
                "Read what the portal says in the log of the sync worker; if it refuses the login, check the"
                " account.",
            ),
        )


def _backlog(figures: Figures) -> Iterator[Concern]:
    if figures.outages is None or figures.outages.under_way:
        return
    ages = [
        figure.oldest_seconds or 0.0 for figure in figures.states if figure.state is not DeliveryState.PARKED
    ]
    if max(ages) > BACKLOG_OLD_SECONDS:
        span = write_span(max(ages))
        yield Concern(
            Level.WATCH,
            Bilingual(
                f"Có hồ sơ chờ đã {span.vi} tuy Cổng không gián đoạn",
                f"A dossier has waited for {span.en} although the portal is up",
            ),
            FALSE_LATE_STEPS[FalseLateCause.NOT_YET_SENT],
        )


def _parked(figures: Figures) -> Iterator[Concern]:
    number = figures.state(DeliveryState.PARKED).count
    if number:
        yield Concern(
            Level.WATCH,
            Bilingual(
                f"{write_number(number)} hồ sơ chờ cán bộ xử lý",
                f"{_english(number)} parked dossiers wait for a person",
            ),
            Bilingual(
                "Mở trang Chờ cán bộ xử lý: hồ sơ cùng nguyên nhân đứng cạnh nhau, kèm việc cần làm.",
                "Open the page of parked dossiers: they are grouped by cause, each with what to do.",
            ),
            "/parked",
        )


def _english(number: int) -> str:
    return write_number(number, Language.ENGLISH)
