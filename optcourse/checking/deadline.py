"""A limit on how long a learner's function may run in a notebook.

Works without signals of POSIX, so on Windows too. (A grader kills a process instead.)
"""

import _thread
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class OverdueError(Exception):
    """The time was up."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise OverdueError in the main thread when the block takes longer; elsewhere there is no limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    lock = threading.Lock()
    running, fired = True, False

    def stop() -> None:
        nonlocal fired
        with lock:
            if running:
                fired = True
                _thread.interrupt_main()

    # Where Python was started in the background, interrupts may be ignored; here they must arrive.
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
        with lock:
            running = False
        while fired:  # too late to matter, but on its way: take it here, not in somebody else's code
            time.sleep(0.01)
    except KeyboardInterrupt:
        if not fired:
            raise
        raise OverdueError(f"stopped after {seconds:g} seconds") from None
    finally:
        with lock:
            running = False
        timer.cancel()
        signal.signal(signal.SIGINT, usual)
