"""The seven evaluation reports: who is asked about, what is counted, in which shape it is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from services.mock_portal.evaluation import indicators, trees
from services.mock_portal.evaluation.census import Census, count
from services.mock_portal.evaluation.departments import Department, find_department, units_of
from services.mock_portal.evaluation.formalities import find_formality, formality_id
from services.mock_portal.evaluation.paging import Page
from services.mock_portal.evaluation.period import Period, WrongQuestion, period_of, span_of
from services.mock_portal.evaluation.scoring import Metric
from services.mock_portal.evaluation.tally import Tally
from services.mock_portal.portal import Portal

Shown = dict[str, object]


class DepartmentUnknown(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Question:
    root: Department
    units: Sequence[Department]
    """Those of the asked page."""
    all_units: int
    page: Page
    period: Period
    procedure: str | None


@dataclass(frozen=True, slots=True)
class Report:
    show: Callable[[Portal, Question, Census], Shown]
    procedure_key: str | None = "formalityId"
    """Which key drills down to one procedure; the portal writes it in two ways."""
    period: Callable[[Mapping[str, object]], Period] = period_of


async def answer(portal: Portal, report: Report, body: Mapping[str, object]) -> Shown:
    """Answer one question.

    Raises `WrongQuestion`, `DepartmentUnknown` or `FormalityUnknown`.
    """
    question = _question(portal, report, body)
    counted = await count(portal, question.root, question.units, question.period, question.procedure)
    return report.show(portal, question, counted)


def _question(portal: Portal, report: Report, body: Mapping[str, object]) -> Question:
    period, page = report.period(body), Page.of(body)
    wanted = body.get("rootDepartmentId")
    if not isinstance(wanted, str) or not wanted:
        raise WrongQuestion("rootDepartmentId must stand")
    root = find_department(portal.catalogue, portal.store, wanted)
    if root is None:
        raise DepartmentUnknown
    formality = body.get(report.procedure_key) if report.procedure_key else None
    procedure = find_formality(portal.catalogue, str(formality)).code if formality else None
    units = [] if root.handler else units_of(root, portal.store)
    return Question(root, page.cut(units), len(units), page, period, procedure)


def _rows(root: Sequence[Metric], below: Mapping[Department, Sequence[Metric]], question: Question) -> Shown:
    return {
        "overview": _group(question.root, root),
        "evaluation": [_group(unit, metrics) for unit, metrics in below.items()],
        "pagination": question.page.shown(question.all_units),
    }


def _group(department: Department, metrics: Sequence[Metric]) -> Shown:
    shown = [one.shown() for one in metrics]
    return department.shown() | indicators.total_of(metrics) | {"metrics": shown}


def _transparency(portal: Portal, question: Question, counted: Census) -> Shown:
    """Lower units repeat the province's rows, but for the dossiers that they synchronised themselves."""
    reported = portal.settings.report_system_dossiers

    def rows(tally: Tally, reported: int | None = None) -> list[Metric]:
        return indicators.transparency(portal.catalogue, tally, reported=reported)

    below = {unit: rows(tally) for unit, tally in counted.units}
    return _rows(rows(counted.root, reported), below, question)


def _digitisation(_portal: Portal, question: Question, counted: Census) -> Shown:
    def rows(tally: Tally) -> list[Metric]:
        return indicators.digitisation(tally, one_procedure=question.procedure is not None)

    return _rows(rows(counted.root), {unit: rows(tally) for unit, tally in counted.units}, question)


def _satisfaction(_portal: Portal, question: Question, counted: Census) -> Shown:
    below = {unit: indicators.satisfaction(tally) for unit, tally in counted.units}
    return _rows(indicators.satisfaction(counted.root), below, question)


def _progress(_portal: Portal, question: Question, counted: Census) -> Shown:
    children = [unit.shown() | trees.progress(tally) for unit, tally in counted.units]
    return {"parent": question.root.shown() | trees.progress(counted.root), "children": children}


def _online(portal: Portal, question: Question, counted: Census) -> Shown:
    catalogue, procedure = portal.catalogue, question.procedure
    show_root = trees.lower_unit_online if question.root.handler else trees.online
    children = [
        unit.shown() | trees.lower_unit_online(tally, catalogue, procedure) for unit, tally in counted.units
    ]
    parent = question.root.shown() | show_root(counted.root, catalogue, procedure)
    return {"parent": parent, "children": children}


def _payment(portal: Portal, question: Question, counted: Census) -> Shown:
    children = [unit.shown() | trees.payment(tally, portal.catalogue) for unit, tally in counted.units]
    return {
        "parent": question.root.shown() | trees.payment(counted.root, portal.catalogue),
        "children": children,
    }


def _results(portal: Portal, question: Question, counted: Census) -> Shown:
    """One row per procedure; what this report shows is not known, so it repeats the progress figures."""
    names = {procedure.code: procedure.name for procedure in portal.catalogue.procedures}
    rows = [
        {"formalityId": formality_id(code), "code": code, "name": names.get(code, "")} | trees.progress(tally)
        for code, tally in sorted(counted.by_procedure.items())
    ]
    return {
        "overview": question.root.shown() | trees.progress(counted.root),
        "evaluation": question.page.cut(rows),
        "pagination": question.page.shown(len(rows)),
    }


REPORTS: Final[Mapping[str, Report]] = MappingProxyType(
    {
        "transparency": Report(_transparency, procedure_key=None),
        "dvc-progress-tree": Report(_progress),
        "provide-online-tree": Report(_online),
        "formality-online-payment-tree": Report(_payment),
        "dossier-digitized": Report(_digitisation, procedure_key="formalityID"),
        "handling-satisfaction": Report(_satisfaction, procedure_key=None, period=span_of),
        "service-results": Report(_results),
    }
)
