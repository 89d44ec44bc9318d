"""Several processes give what one gives; those that die, or are told to, cost nothing but time."""

import multiprocessing
import os
import signal
import subprocess
import sys
from functools import partial

import pytest

from feeds.crew import Crew

EVALUATING = partial(partial, eval)  # what a process prepares for itself: tasks are texts of Python
PID = "__import__('os').getpid()"
DIE = "__import__('os').kill(__import__('os').getpid(), 9)"
DECLINE = "(_ for _ in ()).throw(__import__('feeds.crew').crew.DeclinedError())"


@pytest.mark.parametrize(("size", "helps"), [(1, False), (2, False), (2, True)])
def test_results_come_in_the_order_of_the_tasks(size, helps):
    crew = Crew(EVALUATING, size=size, helps=helps)
    assert list(crew.results(f"{n} * 2" for n in range(50))) == [n * 2 for n in range(50)]


def test_who_helps_and_is_not_asked_for_more_leaves_no_process_behind():
    results = Crew(EVALUATING, size=2, helps=True).results(f"{n}" for n in range(50))
    assert next(results) == 0
    results.close()
    assert multiprocessing.active_children() == []


def test_work_is_done_in_other_processes():
    assert os.getpid() not in set(Crew(EVALUATING, size=2).results([PID] * 4))


def test_a_process_that_dies_costs_no_result():
    crew = Crew(EVALUATING, size=2, own=lambda task: f"{task} here")
    results = list(crew.results(["1", "2", DIE, *map(str, range(3, 40))]))
    assert len(results) == 40
    assert results[2] == f"{DIE} here"
    assert [int(str(one).removesuffix(" here")) for one in results[3:]] == list(range(3, 40))


def test_what_a_process_declines_is_done_here():
    assert list(Crew(EVALUATING, size=2, own=lambda _: "here").results(["1", DECLINE, "3"])) == [1, "here", 3]


def test_an_error_in_a_process_is_the_callers():
    with pytest.raises(ZeroDivisionError):
        list(Crew(EVALUATING, size=2).results(["1", "1 / 0", "3"]))


@pytest.mark.slow
def test_nothing_is_imported_from_the_folder_where_one_is(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(tasks=[PID, PID]))
    here = tmp_path / "here"
    here.mkdir()
    (here / "calendar.py").write_text("print('taken for the standard library', flush=True)")
    ended = subprocess.run([sys.executable, script], cwd=here, capture_output=True, text=True, timeout=60, check=True)
    assert len(ended.stdout.split()) == 2
    assert "taken" not in ended.stdout + ended.stderr


SCRIPT = """
from functools import partial
from itertools import repeat
from feeds.crew import Crew
if __name__ == "__main__":
    for one in Crew(partial(partial, eval), size=2).results({tasks}):
        print(one, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_one_that_it_works_for(tmp_path, number):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(tasks=f"repeat({PID!r})"))
    running = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert running.stdout.readline().strip().isdigit()
    os.killpg(running.pid, number) if number == signal.SIGINT else running.send_signal(number)
    _, said = running.communicate(timeout=60)  # at its end only once nobody holds the pipe any more
    assert running.returncode
    assert said.count(b"Traceback") <= (number == signal.SIGINT)
