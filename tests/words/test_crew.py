"""Several processes give what one gives; those that die, or are told to, cost nothing but time."""

import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from functools import partial

import pytest

from feeds.crew import Crew

EVALUATING = partial(partial, eval)  # what a process prepares for itself: tasks are texts of Python
PID = "__import__('os').getpid()"
DIE = "__import__('os').kill(__import__('os').getpid(), 9)"
DECLINE = "(_ for _ in ()).throw(__import__('feeds.crew').crew.DeclinedError())"


@pytest.fixture
def begun():
    """Give tasks that go on until one of them was done elsewhere, and then these; and what takes their results."""

    def tasks_and_results(crew, *tasks):
        elsewhere = threading.Event()

        def all_tasks():
            while not elsewhere.is_set():
                yield PID
            yield from tasks

        found = []
        for result in crew.results(all_tasks()):
            if isinstance(result, int) and result != os.getpid():
                elsewhere.set()
            found.append(result)
        return [one for one in found if not isinstance(one, int)]

    return tasks_and_results


@pytest.mark.parametrize("size", [1, 2, 3])
def test_results_come_in_the_order_of_the_tasks(size):
    crew = Crew(EVALUATING, size=size)
    assert list(crew.results(f"{n} * 2" for n in range(500))) == [n * 2 for n in range(500)]


def test_who_is_not_asked_for_more_leaves_no_process_behind():
    results = Crew(EVALUATING, size=2).results(f"{n}" for n in range(50))
    assert next(results) == 0
    results.close()
    assert multiprocessing.active_children() == []


def test_work_is_done_here_and_in_other_processes():
    here, elsewhere = itertools.tee(Crew(EVALUATING, size=2).results(itertools.repeat(PID)))
    assert os.getpid() in here
    assert any(pid != os.getpid() for pid in elsewhere)


def test_a_process_that_dies_costs_no_result(begun):
    crew = Crew(EVALUATING, size=2, own=lambda task: f"{task} here" if task != PID else os.getpid())
    words = [f"'{n}'" for n in range(40)]
    results = begun(crew, *[DIE] * 20, *words)
    assert results[:20] == [f"{DIE} here"] * 20
    assert [one.removesuffix(" here").strip("'") for one in results[20:]] == [str(n) for n in range(40)]


def test_what_a_process_declines_is_done_here(begun):
    crew = Crew(EVALUATING, size=2, own=lambda task: "here" if task != PID else os.getpid())
    assert begun(crew, *[DECLINE] * 20) == ["here"] * 20


def test_an_error_in_a_process_is_the_callers():
    with pytest.raises(ZeroDivisionError):
        list(Crew(EVALUATING, size=2).results(["1", "1 / 0", "3"]))


@pytest.mark.slow
def test_nothing_is_imported_from_the_folder_where_one_is(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(most=2))
    here = tmp_path / "here"
    here.mkdir()
    (here / "calendar.py").write_text("print('taken for the standard library', flush=True)")
    ended = subprocess.run([sys.executable, script], cwd=here, capture_output=True, text=True, timeout=60, check=True)
    assert len(ended.stdout.split()) == 2
    assert "taken" not in ended.stdout + ended.stderr


SCRIPT = """
import os
from functools import partial
from itertools import islice, repeat
from feeds.crew import Crew
if __name__ == "__main__":
    done = Crew(partial(partial, eval), size=2).results(repeat("__import__('os').getpid()"))
    for one in islice(filter(os.getpid().__ne__, done), {most}):
        print(one, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_one_that_it_works_for(tmp_path, number):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(most=None))
    running = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert running.stdout.readline().strip().isdigit()
    os.killpg(running.pid, number) if number == signal.SIGINT else running.send_signal(number)
    _, said = running.communicate(timeout=60)  # at its end only once nobody holds the pipe any more
    assert running.returncode
    assert said.count(b"Traceback") <= (number == signal.SIGINT)


class Told:
    """What makes `eval`, and tells where it was pickled."""

    def __init__(self):
        self.threads = set()

    def __call__(self):
        return eval

    def __reduce__(self):
        self.threads.add(threading.current_thread())
        return partial, (partial, eval)


def test_what_prepares_a_process_is_taken_as_it_is_before_any_task_can_change_it(begun):
    make = Told()
    assert begun(Crew(make, size=2), "'done'") == ["done"]
    assert make.threads == {threading.current_thread()}
