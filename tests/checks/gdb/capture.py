"""Runs a command of gdb and returns what it prints."""

import os
import re

import gdb

# What gdbserver prints (through_gdbserver.py), and where it starts.
OF_GDBSERVER = re.compile(r"^(Process .* created; pid.*|Remote debugging using stdio|Warning: ptrace\(.*|Child exited .*|\S+ in _start .*)\n", re.M)


class Capture:
    def __init__(self, path):
        self.log = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)

    def __call__(self, command):
        """Stops and the program's own output included (gdb.execute alone does not catch them); errors are part of it."""
        begin = os.lseek(self.log, 0, os.SEEK_END)
        gdb.flush()
        kept = [os.dup(1), os.dup(2)]
        os.dup2(self.log, 1)
        os.dup2(self.log, 2)
        trouble = ""
        try:
            gdb.execute(command)
        except gdb.error as error:
            trouble = str(error) + "\n"
        gdb.flush()
        for place, number in zip(kept, (1, 2)):
            os.dup2(place, number)
            os.close(place)
        return OF_GDBSERVER.sub("", os.pread(self.log, 1 << 24, begin).decode("utf-8", "replace")) + trouble
