"""As a library: threads, forks, the host's flint, and caches with an end."""

import gc
import multiprocessing
import os
import threading

import flint
import pytest

from actcli import activation
from actcli.language.trees import Node


def test_threads_build_and_answer_side_by_side():
    faults, formulas = [], [f"max(0, min(1, z*{i}/7 + 1/2))" for i in range(1, 41)]
    start = threading.Barrier(8)

    def work():
        start.wait()
        for text in ["hard_sigmoid", "elu:alpha=2", *formulas]:
            try:
                f = activation(text)
                assert f(100.0) == (100.0 if text.startswith("elu") else 1.0)
                assert f.derivative(-0.01) == f.derivative(-0.01)
            except Exception as fault:
                faults.append((text, repr(fault)))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_the_precision_of_the_host_is_left_as_it_was():
    before = flint.ctx.prec, flint.ctx.cap
    flint.ctx.prec, flint.ctx.cap = 333, 7
    try:
        for ask in (lambda: activation("gelu")(1.0), lambda: activation("abs(z)^0.5").derivative(0.0)):
            ask()
            assert (flint.ctx.prec, flint.ctx.cap) == (333, 7)
        activation("z*tanh(log1p(exp(z)))")(float("inf"))
        assert (flint.ctx.prec, flint.ctx.cap) == (333, 7)
    finally:
        flint.ctx.prec, flint.ctx.cap = before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_while_a_thread_computes_does_not_hang():
    done = threading.Event()

    def busy():
        f = activation("erf(exp(sin(z)))*Phi(z)")
        i = 0
        while not done.is_set():
            f(float(i := i + 1))

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        context = multiprocessing.get_context("fork")
        for _ in range(8):
            child = context.Process(target=lambda: activation("gelu")(0.123))
            child.start()
            child.join(20)
            assert child.exitcode == 0
    finally:
        done.set()
        thread.join()


def test_formulas_are_forgotten():
    def ask(numbers):
        for i in numbers:
            f = activation(f"sqrt(z^2 + {i})")
            f(0.5), f.derivative(0.0)
        gc.collect()
        return len(Node._known)

    first = ask(range(2_000, 4_500))
    assert ask(range(10_000, 12_500)) < 1.2 * first
