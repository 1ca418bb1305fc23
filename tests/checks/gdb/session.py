"""Runs inside gdb (tests/checks/gdb_session.sh): replays the sessions of a guide page. In a fenced block ```gdb, a line
`$ make gdb CASE=…` or `$ gdb … --args PROGRAM …` begins anew, other lines `$ COMMAND` are run by the shell (what they print is not
compared), each line `(gdb) COMMAND` is typed, and what follows is what gdb answers. Addresses and
line numbers may differ from the page; everything else is compared. With STRATA_WRITE set the page gets the answers."""

import difflib
import os
import re
import shlex
import subprocess
import sys

import gdb

sys.path.insert(0, "tests/checks/gdb")
from capture import Capture

OUT, PAGE, WRITE = os.environ["STRATA_OUT"], os.environ["STRATA_PAGE"], os.environ.get("STRATA_WRITE")
do = Capture(OUT + "/gdb/session.log")
NOT_OURS = ("[Thread debugging", "Using host libthread_db", "warning: Error disabling address space")


def begin(line):
    """$ make gdb CASE=sparse ARGS='--rho 0.1', or $ gdb -x … --args PROGRAM ARGUMENTS"""
    words = shlex.split(line)[1:]
    do("kill")
    do("delete")
    if words[0] == "gdb":
        program, *arguments = words[words.index("--args") + 1 :]
        do("file " + program)
        do("set args " + shlex.join(arguments))
        return
    settings = dict(word.split("=", 1) for word in words[2:])
    do("file %s/strata" % OUT)
    do("set args step %s --once %s" % (settings.get("CASE", "sparse"), settings.get("ARGS", "")))


def answers(block):
    """The block with what gdb says now."""
    lines = []
    for line in block:
        if line.startswith(("$ make gdb", "$ gdb ")):
            begin(line)
            lines.append(line)
        elif line.startswith("$ "):
            subprocess.run(line[2:], shell=True, check=True, stdout=subprocess.DEVNULL)
            lines.append(line)
        elif line.startswith("(gdb) "):
            lines.append(line)
            printed = do(line[len("(gdb) ") :]).rstrip("\n").split("\n")
            lines += [text.rstrip() for text in printed if not text.startswith(NOT_OURS)]
            while lines[-1] == "":
                lines.pop()
    return lines


def normal(line):
    line = re.sub(r"0x[0-9a-f]+", "0x…", line)
    line = re.sub(r"(\.[ch]pp):\d+", r"\1:N", line)
    line = re.sub(r", line \d+", ", line N", line)
    line = re.sub(r"^\d+(\t|$)", r"N\1", line)
    return re.sub(r"process \d+", "process N", line)


def replay():
    do("set confirm off")
    with open(PAGE, encoding="utf-8") as file:
        lines = file.read().split("\n")
    written, passed, failed, k = [], 0, 0, 0
    while k < len(lines):
        written.append(lines[k])
        k += 1
        if lines[k - 1] != "```gdb":
            continue
        end = lines.index("```", k)
        told, now = lines[k:end], answers(lines[k:end])
        written += now
        difference = list(difflib.unified_diff([normal(x) for x in told], [normal(x) for x in now], "page", "gdb", lineterm=""))
        passed, failed = passed + (not difference), failed + bool(difference)
        if difference:
            print("%s:%d: gdb says something else" % (PAGE, k))
            print("\n".join(difference))
        k = end
    if WRITE:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write("\n".join(written))
    print("[gdb session] test cases: %d | %d passed | %d failed" % (passed + failed, passed, failed))


replay()
