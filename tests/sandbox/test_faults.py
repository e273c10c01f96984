"""lg_sandbox.faults: what a test plans to go wrong."""

import pytest

from lg_sandbox import Fault, Faults


def faults() -> Faults:
    """Make faults for two operations, one of which can conflict."""
    return Faults(["create", "get"], conflicting=["create"])


def test_a_fault_is_shown_as_often_as_planned_and_then_no_more() -> None:
    """Two planned showings are two."""
    plan = faults()
    plan.add(Fault.RESET_BEFORE, operation="create", times=2)

    shown = [plan.take("create") for _ in range(3)]

    assert [True, True, False] == [each is not None for each in shown]
    assert () == plan.planned


def test_a_fault_waits_for_its_operation() -> None:
    """Another operation is not touched."""
    plan = faults()
    planned = plan.add(Fault.SLOW, operation="create", seconds=0)

    assert plan.take("get") is None
    assert planned == plan.take("create")


def test_a_fault_without_an_operation_fits_any() -> None:
    """The first call shows it."""
    plan = faults()
    planned = plan.add(Fault.TIMEOUT_AFTER)

    assert planned == plan.take("get")


def test_faults_show_in_the_order_planned() -> None:
    """First planned, first shown."""
    plan = faults()
    first = plan.add(Fault.RESET_BEFORE)
    second = plan.add(Fault.RESET_AFTER)

    assert [first, second] == [plan.take("get"), plan.take("get")]


def test_cleared_faults_are_forgotten() -> None:
    """A test can take its plan back."""
    plan = faults()
    plan.add(Fault.RESET_BEFORE)

    plan.clear()

    assert plan.take("get") is None


@pytest.mark.parametrize("fault", [f for f in Fault if f is not Fault.CONFLICT])
def test_a_fault_does_the_work_exactly_when_its_name_says_so(fault: Fault) -> None:
    """What is BEFORE does nothing, what spoils an answer needs one."""
    nothing_done = {
        Fault.TIMEOUT_BEFORE,
        Fault.RESET_BEFORE,
        Fault.ERROR_BEFORE,
        Fault.RATE_LIMITED,
        Fault.HTML,
    }

    assert (fault not in nothing_done) == faults().add(fault).acts


def test_a_page_in_place_of_the_answer_may_come_after_the_work() -> None:
    """A proxy can fail on the way back, too."""
    assert faults().add(Fault.HTML, status=200, acts=True).acts


@pytest.mark.parametrize(
    ("fault", "status", "expected"),
    [
        (Fault.ERROR_BEFORE, None, 500),
        (Fault.ERROR_AFTER, 503, 503),
        (Fault.HTML, None, 502),
        (Fault.HTML, 200, 200),
        (Fault.RESET_AFTER, None, 0),
    ],
)
def test_a_status_is_the_one_asked_for(fault: Fault, status: int | None, expected: int) -> None:
    """Each fault that answers has a status of its own, and one that does not has none."""
    assert expected == faults().add(fault, status=status).status


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.ERROR_BEFORE, 404), (Fault.HTML, 500), (Fault.SLOW, 200)]
)
def test_a_status_that_makes_no_sense_is_refused(fault: Fault, status: int) -> None:
    """A plan that could not be shown is a mistake in the test."""
    with pytest.raises(ValueError, match="status"):
        faults().add(fault, status=status)


def test_a_misspelt_operation_is_refused() -> None:
    """A fault that never shows would make a test pass for nothing."""
    with pytest.raises(ValueError, match="Use one of: create, get"):
        faults().add(Fault.SLOW, operation="creat_")


@pytest.mark.parametrize("operation", [None, "get"])
def test_a_conflict_needs_an_operation_that_can_conflict(operation: str | None) -> None:
    """The platform has no such answer for the others."""
    with pytest.raises(ValueError, match="Use one of: create"):
        faults().add(Fault.CONFLICT, operation=operation)


def test_a_platform_without_conflicts_says_so() -> None:
    """Where no operation can conflict, the text names none."""
    with pytest.raises(ValueError, match="has no conflict answer"):
        Faults(["send"]).add(Fault.CONFLICT, operation="send")


def test_numbers_that_make_no_sense_are_refused() -> None:
    """No showing at all, or a negative wait, is a mistake in the test."""
    with pytest.raises(ValueError, match="times"):
        faults().add(Fault.SLOW, times=0)
    with pytest.raises(ValueError, match="seconds"):
        faults().add(Fault.SLOW, seconds=-1)
